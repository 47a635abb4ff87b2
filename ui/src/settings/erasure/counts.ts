import type { Words } from "@/i18n/language";
import type { Erasure } from "./data";

const WORDS = {
  arena_battles: "erasure.table.arena_battles",
  arena_samples: "erasure.table.arena_samples",
  media_uses: "erasure.table.media_uses",
  metric_exemplars: "erasure.table.metric_exemplars",
  metric_points: "erasure.table.metric_points",
  review_items: "erasure.table.review_items",
  review_labels: "erasure.table.review_labels",
  scores: "erasure.table.scores",
  span_events: "erasure.table.span_events",
  spans: "erasure.table.spans",
  syntheses: "erasure.table.syntheses",
  trace_rollups: "erasure.table.trace_rollups",
  traces: "erasure.table.traces",
} as const;

const isKnown = (table: string): table is keyof typeof WORDS => Object.hasOwn(WORDS, table);

/** What a table holds, in words; one that is newer than these stands under its name. */
export const tableWord = (table: string, { t }: Pick<Words, "t">) =>
  isKnown(table) ? t(WORDS[table]) : table;

const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0);

/** Everything that is held, of whatever kind: with 0 there is nothing to erase. */
export const heldOf = ({ rows, refused_spans, media }: Erasure) =>
  sum(Object.values(rows)) + refused_spans + media;

/** The rows of all tables, from the details of a receipt's audit entry. */
export function rowsOf(details: Record<string, unknown>): number {
  const { rows } = details;
  if (typeof rows !== "object" || rows === null) return 0;
  return sum(Object.values(rows).filter((each): each is number => typeof each === "number"));
}
