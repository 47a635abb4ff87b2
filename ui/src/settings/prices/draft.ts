import type { ModelCosts, Price } from "./data";
import { nameOf } from "./priceList";

export const RATES = ["input", "output", "cache_read", "cache_write", "reasoning"] as const;

export type RateName = (typeof RATES)[number];

/** A price as it is typed: what the fields hold, right or wrong. */
export type Draft = Record<RateName | "provider" | "model" | "valid_from", string>;

export const EMPTY: Draft = {
  provider: "",
  model: "",
  input: "",
  output: "",
  cache_read: "",
  cache_write: "",
  reasoning: "",
  valid_from: "",
};

const textOf = (value: number | null | undefined) =>
  value === null || value === undefined ? "" : String(value);

export function draftOf(price: Price): Draft {
  return {
    provider: price.provider,
    model: price.model,
    input: textOf(price.input),
    output: textOf(price.output),
    cache_read: textOf(price.cache_read),
    cache_write: textOf(price.cache_write),
    reasoning: textOf(price.reasoning),
    valid_from: price.valid_from ?? "",
  };
}

/** A price for a model that was called: the one that holds, to change what is other than there. */
export function draftFor(model: ModelCosts): Draft {
  const { price } = model;
  const draft = { ...EMPTY, provider: model.provider, model: nameOf(model) };
  if (price === null) return draft;
  const other = (rate: number, plain: number) => (rate === plain ? "" : String(rate));
  return {
    ...draft,
    input: String(price.input),
    output: String(price.output),
    cache_read: other(price.cache_read, price.input),
    cache_write: other(price.cache_write, price.input),
    reasoning: other(price.reasoning, price.output),
  };
}

/** What cannot be read as a number goes as it was typed: the server says what is wrong with it. */
function rateOf(text: string): number | null {
  const trimmed = text.trim();
  if (!trimmed) return null;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : (trimmed as unknown as number);
}

export function priceOf(draft: Draft): Price {
  return {
    provider: draft.provider.trim(),
    model: draft.model.trim(),
    // An empty field is no price of 0: the server asks for both.
    input: rateOf(draft.input) as number,
    output: rateOf(draft.output) as number,
    cache_read: rateOf(draft.cache_read),
    cache_write: rateOf(draft.cache_write),
    reasoning: rateOf(draft.reasoning),
    valid_from: draft.valid_from || null,
  };
}

export interface FieldProblem {
  item: number;
  field: string;
  sentence: string;
}

/** Which field of which price the server's sentence is about; nothing when it is about none. */
export function fieldProblem(detail: string): FieldProblem | undefined {
  const match = /^body\.items\.(\d+)\.(\w+): ([\s\S]+)$/.exec(detail);
  if (!match) return undefined;
  return { item: Number(match[1]), field: match[2] ?? "", sentence: match[3] ?? "" };
}
