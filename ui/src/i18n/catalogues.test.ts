import { expect, test } from "vitest";
import { fill, type Text } from "./catalogue";
import { en as firstEn } from "./en";
import { enAudit } from "./en-audit";
import { enCompare } from "./en-compare";
import { enDashboard } from "./en-dashboard";
import { enErasure } from "./en-erasure";
import { enFirst } from "./en-first";
import { enGraph } from "./en-graph";
import { enOverview } from "./en-overview";
import { enPalette } from "./en-palette";
import { enPrices } from "./en-prices";
import { enQuery } from "./en-query";
import { enRelease } from "./en-release";
import { enRepeats } from "./en-repeats";
import { enReviews } from "./en-reviews";
import { enSessions } from "./en-sessions";
import { enSettings } from "./en-settings";
import { ko as firstKo } from "./ko";
import { koAudit } from "./ko-audit";
import { koCompare } from "./ko-compare";
import { koDashboard } from "./ko-dashboard";
import { koErasure } from "./ko-erasure";
import { koFirst } from "./ko-first";
import { koGraph } from "./ko-graph";
import { koOverview } from "./ko-overview";
import { koPalette } from "./ko-palette";
import { koPrices } from "./ko-prices";
import { koQuery } from "./ko-query";
import { koRelease } from "./ko-release";
import { koRepeats } from "./ko-repeats";
import { koReviews } from "./ko-reviews";
import { koSessions } from "./ko-sessions";
import { koSettings } from "./ko-settings";

const en = {
  ...firstEn,
  ...enOverview,
  ...enPalette,
  ...enRelease,
  ...enReviews,
  ...enRepeats,
  ...enFirst,
  ...enCompare,
  ...enAudit,
  ...enDashboard,
  ...enGraph,
  ...enSessions,
  ...enSettings,
  ...enPrices,
  ...enQuery,
  ...enErasure,
};
const ko = {
  ...firstKo,
  ...koOverview,
  ...koPalette,
  ...koRelease,
  ...koReviews,
  ...koRepeats,
  ...koFirst,
  ...koCompare,
  ...koAudit,
  ...koDashboard,
  ...koGraph,
  ...koSessions,
  ...koSettings,
  ...koPrices,
  ...koQuery,
  ...koErasure,
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
