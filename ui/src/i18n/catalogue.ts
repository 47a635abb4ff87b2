import type { en } from "./en";
import type { enAgainst } from "./en-against";
import type { enArenas } from "./en-arenas";
import type { enAudit } from "./en-audit";
import type { enCalibration } from "./en-calibration";
import type { enCompare } from "./en-compare";
import type { enDashboard } from "./en-dashboard";
import type { enDatasetForms } from "./en-dataset-forms";
import type { enDatasets } from "./en-datasets";
import type { enDrafting } from "./en-drafting";
import type { enDuplicates } from "./en-duplicates";
import type { enErasure } from "./en-erasure";
import type { enEvaluators } from "./en-evaluators";
import type { enEvidence } from "./en-evidence";
import type { enFirst } from "./en-first";
import type { enFrontier } from "./en-frontier";
import type { enGates } from "./en-gates";
import type { enGraph } from "./en-graph";
import type { enHuman } from "./en-human";
import type { enJudging } from "./en-judging";
import type { enMaking } from "./en-making";
import type { enOverview } from "./en-overview";
import type { enPalette } from "./en-palette";
import type { enPrices } from "./en-prices";
import type { enQuery } from "./en-query";
import type { enRelease } from "./en-release";
import type { enRepeats } from "./en-repeats";
import type { enReplaying } from "./en-replaying";
import type { enReport } from "./en-report";
import type { enReviews } from "./en-reviews";
import type { enRuns } from "./en-runs";
import type { enSequential } from "./en-sequential";
import type { enSessions } from "./en-sessions";
import type { enSettings } from "./en-settings";
import type { enShapes } from "./en-shapes";
import type { enSigned } from "./en-signed";
import type { enSpans } from "./en-spans";
import type { enSynthesis } from "./en-synthesis";
import type { enTargets } from "./en-targets";
import type { enViews } from "./en-views";

/** A text that depends on a count: the forms that Intl.PluralRules may ask for. */
export interface PluralText {
  one?: string;
  other: string;
}

export type Text = string | PluralText;
export type TextKey =
  | keyof typeof en
  | keyof typeof enAudit
  | keyof typeof enViews
  | keyof typeof enAgainst
  | keyof typeof enArenas
  | keyof typeof enReport
  | keyof typeof enCalibration
  | keyof typeof enCompare
  | keyof typeof enFirst
  | keyof typeof enOverview
  | keyof typeof enPalette
  | keyof typeof enRelease
  | keyof typeof enReviews
  | keyof typeof enReplaying
  | keyof typeof enRepeats
  | keyof typeof enTargets
  | keyof typeof enRuns
  | keyof typeof enDashboard
  | keyof typeof enDatasets
  | keyof typeof enDatasetForms
  | keyof typeof enEvaluators
  | keyof typeof enEvidence
  | keyof typeof enGates
  | keyof typeof enFrontier
  | keyof typeof enGraph
  | keyof typeof enHuman
  | keyof typeof enDuplicates
  | keyof typeof enJudging
  | keyof typeof enErasure
  | keyof typeof enDrafting
  | keyof typeof enMaking
  | keyof typeof enPrices
  | keyof typeof enQuery
  | keyof typeof enSequential
  | keyof typeof enSessions
  | keyof typeof enSettings
  | keyof typeof enSigned
  | keyof typeof enShapes
  | keyof typeof enSpans
  | keyof typeof enSynthesis;
/** The texts that the first load brings. */
export type Catalogue = Record<keyof typeof en, Text>;
export type Parameters = Record<string, string | number>;

/** Fills {name} in a text; a plural text is chosen by the parameter `n`. */
export function fill(text: Text, parameters: Parameters, language: string): string {
  let chosen: string;
  if (typeof text === "string") {
    chosen = text;
  } else {
    const form = new Intl.PluralRules(language).select(Number(parameters.n ?? 0));
    chosen = (form === "one" ? text.one : undefined) ?? text.other;
  }
  const numbers = new Intl.NumberFormat(language);
  return chosen.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = parameters[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? numbers.format(value) : value;
  });
}
