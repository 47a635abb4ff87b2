import type { TraceFilter } from "@/api/queries";

/** What can be asked of a span; the server (telemetry/conditions.py) has the last word. */
export const COLUMNS = [
  "agent",
  "cache_read_tokens",
  "cache_write_tokens",
  "conversation",
  "cost_usd",
  "duration_s",
  "environment",
  "finish_reasons",
  "input",
  "input_audio_tokens",
  "input_tokens",
  "item",
  "kind",
  "name",
  "operation",
  "output",
  "output_audio_tokens",
  "output_tokens",
  "parent",
  "provider",
  "reasoning_tokens",
  "release",
  "release_name",
  "request_model",
  "response_model",
  "run",
  "scope",
  "service",
  "span",
  "status",
  "status_message",
  "system_instructions",
  "time_to_first_token_s",
  "tool",
  "tool_definitions",
  "trace",
  "user",
] as const;

/** Fields that continue with a name of the user's own. */
const FAMILIES = ["attributes.", "resource.", "score."] as const;

const WRITTEN = /^\s*([A-Za-z_][^\s=!<>~]*)\s*(!=|<=|>=|=|<|>|~)\s*(.*?)\s*$/s;
const MOST = 12;

export interface Written {
  field: string;
  operator: string;
  value: string;
}

/** A condition as it is written so far; nothing when the text is none (yet). */
export function readCondition(text: string): Written | undefined {
  const [, field, operator, value] = WRITTEN.exec(text) ?? [];
  return field && operator ? { field, operator, value: value ?? "" } : undefined;
}

export interface ConditionChoice {
  /** What the field then holds, or the whole condition that is added. */
  text: string;
  whole: boolean;
  name: string;
  /** How many of the loaded traces have the value. */
  count?: number;
}

const SUMMARY_FIELDS = [
  "agent",
  "conversation",
  "environment",
  "item",
  "name",
  "operation",
  "provider",
  "release",
  "release_name",
  "request_model",
  "response_model",
  "run",
  "service",
  "tool",
  "user",
] as const;

/** What a filter reads of the rows that are loaded, whatever they are rows of. */
export type Listed = Partial<Record<(typeof SUMMARY_FIELDS)[number], string>> & {
  status?: string;
  scores?: { name: string }[];
};

/** Names of fields that begin so; once a field and = are written, the values of the loaded traces. */
export function suggestConditions(typed: string, rows: readonly Listed[]): ConditionChoice[] {
  const condition = readCondition(typed);
  if (condition) return valuesOf(condition, rows);
  const needle = typed.trim().toLowerCase();
  if (!needle || /\s/.test(needle)) return [];
  const scores = [...new Set(rows.flatMap((row) => (row.scores ?? []).map(({ name }) => `score.${name}`)))];
  const fields = [...COLUMNS, ...FAMILIES, ...scores];
  const rank = (field: string) => (field.startsWith(needle) ? 0 : field.includes(needle) ? 1 : 2);
  return fields
    .filter((field) => rank(field) < 2 && field !== needle)
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, MOST)
    .map((field) => ({
      text: FAMILIES.some((family) => family === field) ? field : `${field}=`,
      whole: false,
      name: field,
    }));
}

function valuesOf({ field, operator, value }: Written, rows: readonly Listed[]): ConditionChoice[] {
  const known = SUMMARY_FIELDS.find((name) => name === field);
  if (!known || (operator !== "=" && operator !== "!=")) return [];
  const counts = new Map<string, number>();
  for (const row of rows) {
    const found = row[known];
    if (found) counts.set(found, (counts.get(found) ?? 0) + 1);
  }
  return [...counts]
    .filter(([name]) => name.toLowerCase().includes(value.toLowerCase()) && name !== value)
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST)
    .map(([name, count]) => ({ text: `${field}${operator}${name}`, whole: true, name, count }));
}

export function withCondition(filter: TraceFilter, condition: string): TraceFilter {
  const text = condition.trim();
  const where = filter.where ?? [];
  return where.includes(text) ? filter : { ...filter, where: [...where, text] };
}

export function withoutCondition(filter: TraceFilter, condition: string): TraceFilter {
  const where = filter.where?.filter((each) => each !== condition);
  return { ...filter, where: where?.length ? where : undefined };
}

const LONGEST_VALUE = 200;

/** The condition that a span's value fulfils; nothing for values that nobody would write. */
export function conditionOf(field: string, value: unknown, operator = "="): string | undefined {
  if (/[\s=!<>~]/.test(field)) return undefined;
  if (typeof value === "number" || typeof value === "boolean") return `${field}${operator}${value}`;
  if (typeof value !== "string" || !value || value.length > LONGEST_VALUE) return undefined;
  return value === value.trim() && !value.includes("\n") ? `${field}${operator}${value}` : undefined;
}
