import type { TraceFilter } from "@/api/queries";
import type { Listed } from "./conditions";

export type Field = "status" | "release" | "environment" | "run" | "since";

export const FIELDS: readonly Field[] = ["status", "environment", "release", "run", "since"];
const MOST_CHOICES = 20;
const SINCE = ["15m", "1h", "24h", "7d", "30d"];

export interface Choice {
  field: Field;
  value: string;
  /** Text shown instead of the value, such as name@number for a digest. */
  name: string;
  /** How many of the loaded traces have the value; unknown for times. */
  count?: number;
}

export interface Known {
  environments: string[];
  /** Digest and name@number of each release. */
  releases: [string, string][];
}

/** What is being typed: a field with the beginning of its value, or free text. */
export function readTyped(text: string): { field?: Field; text: string } {
  const match = /^(\w+):\s*(.*)$/.exec(text);
  const field = FIELDS.find((name) => name === match?.[1]?.toLowerCase());
  return field ? { field, text: (match?.[2] ?? "").trim() } : { text };
}

function countBy(rows: Listed[], read: (row: Listed) => string | undefined): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const value = read(row);
    if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

function choicesOf(field: Field, rows: Listed[], known: Known): Choice[] {
  if (field === "since") return SINCE.map((value) => ({ field, value, name: value }));
  const counts = countBy(rows, (row) => row[field]);
  if (field === "status") {
    return ["error", "ok"].map((value) => ({ field, value, name: value, count: counts.get(value) ?? 0 }));
  }
  const names = new Map(field === "release" ? known.releases : []);
  const values = new Set([
    ...(field === "environment" ? known.environments : names.keys()),
    ...counts.keys(),
  ]);
  return [...values]
    .map((value) => ({ field, value, name: names.get(value) ?? value, count: counts.get(value) ?? 0 }))
    .sort((a, b) => b.count - a.count);
}

/** Suggestions for what is typed so far, over the fields that are not yet filtered. */
export function suggest(typed: string, filter: TraceFilter, rows: Listed[], known: Known): Choice[] {
  const { field, text } = readTyped(typed);
  const fields = field ? [field] : FIELDS.filter((name) => !filter[name]);
  const needle = text.toLowerCase();
  // The beginning of a field's own name ("rel") offers that field's values.
  const named = field || !needle ? undefined : fields.find((name) => name.startsWith(needle));
  if (named) return choicesOf(named, rows, known).slice(0, MOST_CHOICES);
  return fields
    .flatMap((name) => choicesOf(name, rows, known).slice(0, field || needle ? MOST_CHOICES : 3))
    .filter(
      (choice) => !needle || choice.name.toLowerCase().includes(needle) || choice.value.includes(needle),
    );
}

export function withChoice(
  filter: TraceFilter,
  { field, value }: Pick<Choice, "field" | "value">,
): TraceFilter {
  const next: TraceFilter = { ...filter };
  if (field === "status") next.status = value === "error" ? "error" : "ok";
  else next[field] = value;
  if (field === "since") {
    delete next.from;
    delete next.to;
  }
  return next;
}
