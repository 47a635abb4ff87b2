import { ApiError } from "@/api/client";
import type { DeniedAttribute, MaskingRules, PatternRule } from "@/api/masking";
import type { TextKey } from "@/i18n/catalogue";
import type { Draft, Row } from "./rules";

const NAME = /^[a-z0-9][a-z0-9._-]{0,99}$/;

/** What keeps a rule from being sent: seen here, before the server could say it. */
export type Unready = Extract<TextKey, `masking.unready.${string}`>;

function ofPattern({ key, rule }: Row<PatternRule>, all: Row<PatternRule>[]): Unready | undefined {
  if (!rule.name) return "masking.unready.name";
  if (!NAME.test(rule.name)) return "masking.unready.letters";
  if (all.some((other) => other.key !== key && other.rule.name === rule.name)) return "masking.unready.twice";
  if (!rule.pattern) return "masking.unready.pattern";
  return undefined;
}

function ofAttribute({ rule }: Row<DeniedAttribute>): Unready | undefined {
  if (!rule.name) return "masking.unready.attribute";
  if (rule.places.length === 0) return "masking.unready.places";
  return undefined;
}

/** The rules that are not whole yet, by the key of their row. */
export function unreadyOf(draft: Draft): Map<number, Unready> {
  const found: [number, Unready | undefined][] = [
    ...draft.patterns.map((row): [number, Unready | undefined] => [row.key, ofPattern(row, draft.patterns)]),
    ...draft.attributes.map((row): [number, Unready | undefined] => [row.key, ofAttribute(row)]),
  ];
  return new Map(found.filter((entry): entry is [number, Unready] => entry[1] !== undefined));
}

/** What can be sent of a draft, and the row behind each place of it. */
export interface Sent {
  rules: MaskingRules;
  keys: { patterns: number[]; attributes: number[] };
}

export function readyOf(draft: Draft, unready: Map<number, Unready>): Sent {
  const patterns = draft.patterns.filter((row) => !unready.has(row.key));
  const attributes = draft.attributes.filter((row) => !unready.has(row.key));
  return {
    rules: {
      patterns: patterns.map((row) => row.rule),
      attributes: attributes.map((row) => row.rule),
      detectors: draft.detectors,
      drop: draft.drop,
    },
    keys: { patterns: patterns.map((row) => row.key), attributes: attributes.map((row) => row.key) },
  };
}

/** What the server refused: which row it is about, and its sentence without the place, which the row shows. */
export interface Refusal {
  key: number | undefined;
  message: string;
}

const PLACE = /^body\.rules(?:\.(patterns|attributes)\.(\d+))?[\w.]*: (?:Value error, )?(.*?)\.?$/s;

export function refusalOf(error: unknown, { keys }: Sent): Refusal | undefined {
  if (!(error instanceof ApiError) || error.status !== 422) return undefined;
  const match = PLACE.exec(error.message);
  if (!match) return undefined;
  const [, list, index, message = ""] = match;
  const rows = list === "patterns" ? keys.patterns : list === "attributes" ? keys.attributes : [];
  return { key: rows[Number(index)], message: `${message}.` };
}
