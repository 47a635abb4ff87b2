import type { Content, DeniedAttribute, Detector, MaskingRules, PatternRule, Place } from "@/api/masking";

export const PERSONAL: readonly Detector[] = [
  "email",
  "phone",
  "credit_card",
  "iban",
  "ip_address",
  "korean_rrn",
  "brazilian_cpf",
  "spanish_dni",
];
export const SECRETS: readonly Detector[] = ["api_key", "jwt", "private_key"];
const DETECTORS = [...PERSONAL, ...SECRETS];

export const CONTENTS: readonly Content[] = [
  "input",
  "output",
  "system_instructions",
  "tool_arguments",
  "tool_results",
];
export const PLACES: readonly Place[] = ["span", "event", "link", "resource", "scope", "log", "metric"];

export const NEW_PATTERN: PatternRule = { name: "", pattern: "", replacement: "[masked]" };
export const NEW_ATTRIBUTE: DeniedAttribute = { name: "", places: [...PLACES] };

/** A rule in a list that is being edited: its key stays while its name changes. */
export interface Row<T> {
  key: number;
  rule: T;
}

/** The rules as they are edited: some may not be whole yet. */
export interface Draft {
  attributes: Row<DeniedAttribute>[];
  patterns: Row<PatternRule>[];
  detectors: Detector[];
  drop: Content[];
}

let lastKey = 0;

export function rowOf<T>(rule: T): Row<T> {
  lastKey += 1;
  return { key: lastKey, rule };
}

export const draftOf = (rules: MaskingRules): Draft => ({
  attributes: rules.attributes.map(rowOf),
  patterns: rules.patterns.map(rowOf),
  detectors: rules.detectors,
  drop: rules.drop,
});

export const rulesOf = (draft: Draft): MaskingRules => ({
  attributes: draft.attributes.map((row) => row.rule),
  patterns: draft.patterns.map((row) => row.rule),
  detectors: draft.detectors,
  drop: draft.drop,
});

/** Those that hold keep their order, for the first one that means a text masks it; others follow them. */
export function withDetector(now: Detector[], detector: Detector, on: boolean, held: Detector[]): Detector[] {
  const others = now.filter((each) => each !== detector);
  const rank = (each: Detector) =>
    held.includes(each) ? held.indexOf(each) : held.length + DETECTORS.indexOf(each);
  return on ? [...others, detector].sort((one, other) => rank(one) - rank(other)) : others;
}

export const withContent = (now: Content[], content: Content, on: boolean): Content[] =>
  CONTENTS.filter((each) => (each === content ? on : now.includes(each)));

export function moved<T>(rows: Row<T>[], key: number, by: -1 | 1): Row<T>[] {
  const from = rows.findIndex((row) => row.key === key);
  const row = rows[from];
  if (!row || !rows[from + by]) return rows;
  return rows.toSpliced(from, 1).toSpliced(from + by, 0, row);
}

export const replaced = <T>(rows: Row<T>[], key: number, rule: T): Row<T>[] =>
  rows.map((row) => (row.key === key ? { key, rule } : row));

export const without = <T>(rows: Row<T>[], key: number): Row<T>[] => rows.filter((row) => row.key !== key);
