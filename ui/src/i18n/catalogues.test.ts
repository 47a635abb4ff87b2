import { expect, test } from "vitest";
import { fill, type Text } from "./catalogue";
import { en as firstEn } from "./en";
import { enAgainst } from "./en-against";
import { enArenas } from "./en-arenas";
import { enAudit } from "./en-audit";
import { enCalibration } from "./en-calibration";
import { enCompare } from "./en-compare";
import { enDashboard } from "./en-dashboard";
import { enDatasetForms } from "./en-dataset-forms";
import { enDatasets } from "./en-datasets";
import { enDrafting } from "./en-drafting";
import { enDuplicates } from "./en-duplicates";
import { enErasure } from "./en-erasure";
import { enEvaluators } from "./en-evaluators";
import { enEvidence } from "./en-evidence";
import { enFirst } from "./en-first";
import { enFrontier } from "./en-frontier";
import { enGates } from "./en-gates";
import { enGraph } from "./en-graph";
import { enHuman } from "./en-human";
import { enJudging } from "./en-judging";
import { enMaking } from "./en-making";
import { enOverview } from "./en-overview";
import { enPalette } from "./en-palette";
import { enPrices } from "./en-prices";
import { enQuery } from "./en-query";
import { enRelease } from "./en-release";
import { enRepeats } from "./en-repeats";
import { enReplaying } from "./en-replaying";
import { enReport } from "./en-report";
import { enReviews } from "./en-reviews";
import { enRuns } from "./en-runs";
import { enSequential } from "./en-sequential";
import { enSessions } from "./en-sessions";
import { enSettings } from "./en-settings";
import { enShapes } from "./en-shapes";
import { enSigned } from "./en-signed";
import { enSpans } from "./en-spans";
import { enSynthesis } from "./en-synthesis";
import { enTargets } from "./en-targets";
import { enViews } from "./en-views";
import { ko as firstKo } from "./ko";
import { koAgainst } from "./ko-against";
import { koArenas } from "./ko-arenas";
import { koAudit } from "./ko-audit";
import { koCalibration } from "./ko-calibration";
import { koCompare } from "./ko-compare";
import { koDashboard } from "./ko-dashboard";
import { koDatasetForms } from "./ko-dataset-forms";
import { koDatasets } from "./ko-datasets";
import { koDrafting } from "./ko-drafting";
import { koDuplicates } from "./ko-duplicates";
import { koErasure } from "./ko-erasure";
import { koEvaluators } from "./ko-evaluators";
import { koEvidence } from "./ko-evidence";
import { koFirst } from "./ko-first";
import { koFrontier } from "./ko-frontier";
import { koGates } from "./ko-gates";
import { koGraph } from "./ko-graph";
import { koHuman } from "./ko-human";
import { koJudging } from "./ko-judging";
import { koMaking } from "./ko-making";
import { koOverview } from "./ko-overview";
import { koPalette } from "./ko-palette";
import { koPrices } from "./ko-prices";
import { koQuery } from "./ko-query";
import { koRelease } from "./ko-release";
import { koRepeats } from "./ko-repeats";
import { koReplaying } from "./ko-replaying";
import { koReport } from "./ko-report";
import { koReviews } from "./ko-reviews";
import { koRuns } from "./ko-runs";
import { koSequential } from "./ko-sequential";
import { koSessions } from "./ko-sessions";
import { koSettings } from "./ko-settings";
import { koShapes } from "./ko-shapes";
import { koSigned } from "./ko-signed";
import { koSpans } from "./ko-spans";
import { koSynthesis } from "./ko-synthesis";
import { koTargets } from "./ko-targets";
import { koViews } from "./ko-views";

const en = {
  ...firstEn,
  ...enOverview,
  ...enPalette,
  ...enRelease,
  ...enReviews,
  ...enRuns,
  ...enRepeats,
  ...enTargets,
  ...enFirst,
  ...enCalibration,
  ...enCompare,
  ...enAudit,
  ...enViews,
  ...enAgainst,
  ...enArenas,
  ...enReport,
  ...enDashboard,
  ...enGates,
  ...enFrontier,
  ...enGraph,
  ...enSequential,
  ...enHuman,
  ...enSessions,
  ...enSpans,
  ...enSettings,
  ...enSigned,
  ...enShapes,
  ...enPrices,
  ...enQuery,
  ...enDuplicates,
  ...enErasure,
  ...enDatasets,
  ...enDatasetForms,
  ...enEvaluators,
  ...enEvidence,
  ...enSynthesis,
  ...enDrafting,
  ...enReplaying,
  ...enMaking,
  ...enJudging,
};
const ko = {
  ...firstKo,
  ...koOverview,
  ...koPalette,
  ...koRelease,
  ...koReviews,
  ...koRuns,
  ...koRepeats,
  ...koTargets,
  ...koFirst,
  ...koCalibration,
  ...koCompare,
  ...koAudit,
  ...koViews,
  ...koAgainst,
  ...koArenas,
  ...koReport,
  ...koDashboard,
  ...koGates,
  ...koFrontier,
  ...koGraph,
  ...koSequential,
  ...koHuman,
  ...koSessions,
  ...koSpans,
  ...koSettings,
  ...koSigned,
  ...koShapes,
  ...koPrices,
  ...koQuery,
  ...koDuplicates,
  ...koErasure,
  ...koDatasets,
  ...koDatasetForms,
  ...koEvaluators,
  ...koEvidence,
  ...koSynthesis,
  ...koDrafting,
  ...koReplaying,
  ...koMaking,
  ...koJudging,
};
const keys = Object.keys(en) as (keyof typeof en)[];
const forms = (text: Text) => (typeof text === "string" ? [text] : Object.values(text));
const placeholders = (text: Text) =>
  [
    ...new Set(forms(text).flatMap((form) => [...form.matchAll(/\{(\w+)\}/g)].map((match) => match[1]))),
  ].sort();

test("both catalogues have the same keys", () => {
  expect(Object.keys(ko).sort()).toEqual(Object.keys(en).sort());
});

test("each text fills the same parameters in both languages", () => {
  const uneven = keys.filter((key) => placeholders(en[key]).join() !== placeholders(ko[key]).join());
  expect(uneven).toEqual([]);
});

test("no text is empty", () => {
  const empty = keys.filter((key) => [...forms(en[key]), ...forms(ko[key])].some((text) => !text.trim()));
  expect(empty).toEqual([]);
});

test("Korean sentences are in Korean", () => {
  const latinOnly = keys.filter((key) => forms(ko[key]).every((form) => !/\p{Script=Hangul}/u.test(form)));
  expect(latinOnly.sort()).toEqual(["graph.interval", "graph.rate", "palette.run", "run.on", "run.title"]);
});

test("a plural text follows the count", () => {
  expect(fill(en["traces.errors"], { n: 1 }, "en")).toBe("1 span failed");
  expect(fill(en["traces.errors"], { n: 2 }, "en")).toBe("2 spans failed");
  expect(fill(ko["traces.errors"], { n: 1 }, "ko")).toBe("스팬 1개 실패");
});

test("numbers are grouped and unknown parameters stay visible", () => {
  expect(fill("{n} of {total}", { n: 12_345 }, "en")).toBe("12,345 of {total}");
});
