import type { Chart, Measure, Range } from "@/api/charts";
import type { TraceFilter } from "@/api/queries";
import { OTHERS } from "./measures";

/**
 * The traces behind a value: those with a span that the chart counted, as conditions on one span.
 *
 * Of requests the span is the root, which has no parent; of calls it names a model.
 */
export function tracesBehind(
  chart: Chart,
  measure: Measure,
  key: string,
  shown: readonly string[],
  range: Range,
): TraceFilter {
  const where = [...chart.where];
  if (chart.of === "traces") where.push("parent=");
  if (chart.of === "calls" && chart.by !== "request_model") where.push("request_model!=");
  if (chart.by && key === OTHERS) {
    where.push(...shown.filter((other) => other !== OTHERS).map((other) => `${chart.by}!=${other}`));
  } else if (chart.by) where.push(`${chart.by}=${key}`);
  if (measure === "errors" || measure === "error_rate") where.push("status=error");
  return { ...range, where: [...new Set(where)] };
}
