import type { RetentionPolicy } from "@/api/retention";
import type { TextKey } from "@/i18n/catalogue";
import type { Words } from "@/i18n/language";

/** A policy as it is typed: an empty field is no limit. */
export interface Typed {
  days: string;
  traces: string;
  keepRuns: boolean;
}

export type Problem = Extract<TextKey, `retention.wrong.${string}`>;

const MOST_DAYS = 36_500;

export const typedOf = (policy: RetentionPolicy): Typed => ({
  days: policy.max_age_days?.toString() ?? "",
  traces: policy.max_traces?.toString() ?? "",
  keepRuns: policy.keep_runs,
});

const isCount = (text: string, most: number) =>
  text === "" || (/^[0-9]+$/.test(text) && Number(text) >= 1 && Number(text) <= most);

export function problemsOf({ days, traces }: Typed): { days?: Problem; traces?: Problem } {
  return {
    days: isCount(days.trim(), MOST_DAYS) ? undefined : "retention.wrong.days",
    traces: isCount(traces.trim(), Number.MAX_SAFE_INTEGER) ? undefined : "retention.wrong.traces",
  };
}

/** The policy that was typed, or nothing when it is none. */
export function policyOf(typed: Typed): RetentionPolicy | undefined {
  const { days, traces } = problemsOf(typed);
  if (days || traces) return undefined;
  return {
    max_age_days: typed.days.trim() ? Number(typed.days) : null,
    max_traces: typed.traces.trim() ? Number(typed.traces) : null,
    keep_runs: typed.keepRuns,
  };
}

export const isSame = (one: RetentionPolicy, other: RetentionPolicy): boolean =>
  one.max_age_days === other.max_age_days &&
  one.max_traces === other.max_traces &&
  one.keep_runs === other.keep_runs;

export const hasLimit = ({ max_age_days, max_traces }: RetentionPolicy): boolean =>
  max_age_days !== null || max_traces !== null;

/** What a policy says, in sentences. */
export function sayPolicy({ t }: Words, policy: RetentionPolicy): string {
  const { max_age_days: days, max_traces: traces, keep_runs } = policy;
  const runs = t(keep_runs ? "retention.say.runs_stay" : "retention.say.runs_go");
  if (days !== null && traces !== null) {
    return `${t("retention.say.both", { n: days, traces })} ${runs}`;
  }
  if (days !== null) return `${t("retention.say.days", { n: days })} ${runs}`;
  if (traces !== null) return `${t("retention.say.traces", { n: traces })} ${runs}`;
  return t("retention.say.forever");
}

const TABLES: Record<string, TextKey> = {
  spans: "retention.rows.spans",
  traces: "retention.rows.traces",
  scores: "retention.rows.scores",
  span_events: "retention.rows.span_events",
  media_uses: "retention.rows.media_uses",
  metric_points: "retention.rows.metric_points",
};

/** Rows by table in words, the most first; a table that has no word here keeps its name. */
export function sayRows({ t, format }: Words, rows: Record<string, number>): string {
  return Object.entries(rows)
    .filter(([, n]) => n > 0)
    .sort(([, one], [, other]) => other - one)
    .map(([table, n]) => {
      const word = TABLES[table];
      return word ? t(word, { n }) : `${table}: ${format.integer(n)}`;
    })
    .join(", ");
}
