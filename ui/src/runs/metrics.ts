import { unitOf } from "@/i18n/format";

/** Scores first, in the order of the evaluators; then what a run consumed. */
export function orderMetrics(names: Iterable<string>): string[] {
  const unique = [...new Set(names)];
  return [
    ...unique.filter((name) => unitOf(name) === "score"),
    ...unique.filter((name) => unitOf(name) !== "score"),
  ];
}

/** A value of any JSON type as one line of plain text; {question: "…"} is shown as its text. */
export function oneLine(value: unknown): string {
  return wholeText(value).replace(/\s+/g, " ").trim();
}

export function wholeText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (typeof value === "object" && !Array.isArray(value)) {
    const entries = Object.values(value);
    if (entries.length === 1 && typeof entries[0] === "string") return entries[0];
  }
  return JSON.stringify(value, null, 2);
}
