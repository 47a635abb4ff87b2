import type { SqlCell, SqlColumn } from "@/api/sql";

/** Characters of a cell that a row shows; the rest is a click away. */
export const MOST_SHOWN = 48;
const LEAST_WIDTH = 6;
const SAMPLE_ROWS = 100;
const WIDE = /[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60]/g;

const NUMBER_TYPE = /^(?:Nullable\(|LowCardinality\()*(?:U?Int|Float|BFloat|Decimal)\d*(?![a-z])/;

export const isNumeric = ({ type }: SqlColumn): boolean => NUMBER_TYPE.test(type);

/** The whole of a value as text. */
export function wholeText(cell: SqlCell): string {
  if (typeof cell === "string") return cell;
  return typeof cell === "object" && cell !== null ? JSON.stringify(cell) : String(cell);
}

/** A number without the noise of binary fractions: six decimals, or six digits where that would hide it. */
export function numberText(value: number): string {
  const size = Math.abs(value);
  if (Number.isInteger(value)) return String(value);
  if (size < 0.001 || size >= 1e15) return String(Number(value.toPrecision(6)));
  return String(Math.round(value * 1e6) / 1e6);
}

const FINE_TIME = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3})\d+$/;

/** Whether a value is too long for a row, or has lines. */
export function isLong(cell: SqlCell): boolean {
  const whole = wholeText(cell);
  return whole.length > MOST_SHOWN || /[\n\r\t]/.test(whole);
}

/** What a row shows of a value: one line, not longer than a column may be; times to the millisecond. */
export function shortText(cell: SqlCell): string {
  if (typeof cell === "number") return numberText(cell);
  const whole = wholeText(cell);
  if (isLong(cell)) return `${whole.slice(0, MOST_SHOWN).replace(/\s+/g, " ").trimEnd()}…`;
  return FINE_TIME.exec(whole)?.[1] ?? whole;
}

const widthOf = (text: string) => text.length + (text.match(WIDE)?.length ?? 0);

/** Widths of the columns in characters, by their names and the first rows: they never move while one scrolls. */
export function columnWidths(columns: SqlColumn[], rows: SqlCell[][]): number[] {
  return columns.map(({ name }, at) => {
    const texts = rows.slice(0, SAMPLE_ROWS).map((row) => widthOf(shortText(row[at] ?? null)));
    return Math.min(Math.max(LEAST_WIDTH, widthOf(name), ...texts), MOST_SHOWN);
  });
}

const TRACE_ID = /^[0-9a-f]{32}$/;

/** The trace that a cell names, in a column that is called so: `trace_id`, `t.trace_id`, `first_trace_id`. */
export function traceIdIn({ name }: SqlColumn, cell: SqlCell): string | undefined {
  const named = /(?:^|[._])trace_id$/.test(name);
  return named && typeof cell === "string" && TRACE_ID.test(cell) ? cell : undefined;
}

/** A value to be read: JSON in lines, everything else as it is. */
export function readable(cell: SqlCell): { text: string; language: "json" | "text" } {
  const whole = wholeText(cell);
  if (!/^\s*[[{]/.test(whole)) return { text: whole, language: "text" };
  try {
    return { text: JSON.stringify(JSON.parse(whole), null, 2), language: "json" };
  } catch {
    return { text: whole, language: "text" };
  }
}
