import type { By, Chart, DashboardChart, Measure, Of } from "@/api/charts";
import type { Format } from "@/i18n/format";
import type { Words } from "@/i18n/language";

export const MEASURES: readonly Measure[] = [
  "count",
  "errors",
  "error_rate",
  "latency_p50_s",
  "latency_p95_s",
  "latency_p99_s",
  "input_tokens",
  "output_tokens",
  "cost_usd",
];

export const COLUMNS: readonly Exclude<By, "">[] = [
  "request_model",
  "provider",
  "release_name",
  "environment",
  "user",
  "tool",
  "agent",
  "name",
  "operation",
  "service",
  "status",
];

export const OFS: readonly Of[] = ["traces", "calls", "spans"];

/** The key of all series that are not shown. */
export const OTHERS = "…";

type Unit = "number" | "share" | "seconds" | "tokens" | "dollars";

const UNITS: Record<Measure, Unit> = {
  count: "number",
  errors: "number",
  error_rate: "share",
  latency_p50_s: "seconds",
  latency_p95_s: "seconds",
  latency_p99_s: "seconds",
  input_tokens: "tokens",
  output_tokens: "tokens",
  cost_usd: "dollars",
};

/** Of an axis on which there are only zeros. */
const IDLE_TOPS: Record<Unit, number> = { number: 4, share: 0.04, seconds: 0.9, tokens: 4, dollars: 0.9 };

export const idleTopOf = (measure: Measure) => IDLE_TOPS[UNITS[measure]];

/** There is no half a request, nor half a token. */
export const leastStepOf = (measure: Measure) =>
  UNITS[measure] === "number" || UNITS[measure] === "tokens" ? 1 : 0;

/** Tokens and cost are of calls alone: spans above them state totals of the same. */
export const isOfCalls = (measure: Measure) => UNITS[measure] === "tokens" || UNITS[measure] === "dollars";

/** Quantiles of many are estimated by a sketch. */
export const isEstimate = (measure: Measure) => UNITS[measure] === "seconds";

/** Of what did not happen there are none; but nothing has no latency, and no share of it failed. */
export const isSum = (measure: Measure) => UNITS[measure] !== "seconds" && UNITS[measure] !== "share";

export const besides = (measure: Measure) =>
  MEASURES.filter((other) => other !== measure && UNITS[other] === UNITS[measure]);

export function showValue(format: Format, measure: Measure, value: number): string {
  switch (UNITS[measure]) {
    case "share":
      return format.percent(value, value > 0 && value < 0.01 ? 2 : 1);
    case "seconds":
      return format.duration(value);
    case "dollars":
      return format.cost(value);
    default:
      return format.compact(value);
  }
}

/** The title that somebody gave, or what the chart shows in the reader's language. */
export function titleOf(item: DashboardChart, words: Words): string {
  return item.title || describe(item.chart, item.beside, words);
}

export function measureName(chart: Chart, measure: Measure, { t }: Words): string {
  if (measure !== "count") return t(`dash.measure.${measure}`);
  return t(chart.of === "spans" && chart.by === "tool" ? "dash.count.tools" : `dash.count.${chart.of}`);
}

/** "p95" of "Latency p95" beside "Latency p50": what both begin with is said once. */
function unlike(name: string, first: string): string {
  const words = name.split(" ");
  const others = first.split(" ");
  const same = words.findIndex((word, at) => word !== others[at]);
  return words.slice(Math.max(same, 0)).join(" ");
}

export function describe(chart: Chart, beside: Measure | null, words: Words): string {
  const { t } = words;
  const first = measureName(chart, chart.measure, words);
  const measures = beside ? `${first} · ${unlike(measureName(chart, beside, words), first)}` : first;
  return chart.by ? t("dash.by", { measures, column: t(`dash.by.${chart.by}`) }) : measures;
}

export function nameOfKey(key: string, chart: Chart, { t }: Words): string {
  if (key === OTHERS) return t("dash.others");
  if (key) return key;
  return chart.by ? t("dash.unstated") : t("dash.whole");
}

/** The chart narrowed to an environment and a release. */
export function narrowed(chart: Chart, environment?: string, release?: string): Chart {
  const more = [
    ...(environment ? [`environment=${environment}`] : []),
    ...(release ? [`release=${release}`] : []),
  ];
  return more.length ? { ...chart, where: [...chart.where, ...more] } : chart;
}

export const newId = () => `chart-${crypto.randomUUID().slice(0, 8)}`;

export const blankChart = (): DashboardChart => ({
  id: newId(),
  title: "",
  chart: { measure: "count", of: "traces", by: "", where: ["run="], series: 6 },
  beside: null,
  kind: "line",
  wide: false,
});
