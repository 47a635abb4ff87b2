import type { ModelCosts, Price } from "./data";

/** What a price stands for: of two with the same, the newer replaces the older. */
const placeOf = (price: Price) =>
  JSON.stringify([price.provider, price.model.toLowerCase(), price.valid_from ?? null]);

export const isSamePlace = (one: Price, other: Price) => placeOf(one) === placeOf(other);

/** The list with a price in it, instead of the one it was made from and of any for the same models and day. */
export function withPrice(items: readonly Price[], price: Price, instead?: Price): Price[] {
  const kept = items.filter((each) => !isSamePlace(each, price) && !(instead && isSamePlace(each, instead)));
  return [...kept, price];
}

export const withoutPrice = (items: readonly Price[], price: Price) =>
  items.filter((each) => !isSamePlace(each, price));

/** By name, then by its first day: as one looks for a price. */
export function inOrder(items: readonly Price[]): Price[] {
  const key = (price: Price) => [price.model, price.provider, price.valid_from ?? ""].join("\n");
  return [...items].sort((a, b) => key(a).localeCompare(key(b)));
}

type CalledModel = Pick<ModelCosts, "provider" | "request_model" | "response_model">;

/** The model that answered or, where no span says, the one that was asked for. */
export const nameOf = (model: CalledModel) => model.response_model || model.request_model;

export const keyOf = (model: CalledModel) =>
  [model.provider, model.request_model, model.response_model].join("\n");

/** A shell pattern as the server reads it: `*`, `?` and classes; capital letters do not matter. */
function patternOf(text: string): RegExp {
  const source = text
    .toLowerCase()
    .replace(/\[(!?)([^\]]+)\]|[\s\S]/g, (whole, not: string | undefined, inside: string | undefined) => {
      if (inside !== undefined) return `[${not ? "^" : ""}${inside.replace(/[\\^[\]]/g, "\\$&")}]`;
      if (whole === "*") return "[\\s\\S]*";
      return whole === "?" ? "[\\s\\S]" : whole.replace(/[.+^${}()|\\[\]/-]/g, "\\$&");
    });
  return new RegExp(`^${source}$`);
}

/** The models that were called of which this is a price. */
export function fitting<Model extends CalledModel>(
  price: Pick<Price, "provider" | "model">,
  models: readonly Model[],
): Model[] {
  let pattern: RegExp;
  try {
    pattern = patternOf(price.model.trim());
  } catch {
    return [];
  }
  return models.filter(
    (model) =>
      (!price.provider || price.provider === model.provider) &&
      [model.response_model, model.request_model].some((name) => name && pattern.test(name.toLowerCase())),
  );
}

/** Calls of which nobody knows what they cost: those of a model without a price are the first to see to. */
export const lacksPrice = (model: ModelCosts) => model.price === null && model.unpriced_calls > 0;
