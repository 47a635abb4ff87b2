import { expect, test } from "vitest";
import type { ModelCosts, Price } from "./data";
import { draftFor, draftOf, EMPTY, fieldProblem, priceOf } from "./draft";
import { fitting, inOrder, lacksPrice, withoutPrice, withPrice } from "./priceList";

const price = (model: string, more: Partial<Price> = {}): Price => ({
  provider: "",
  model,
  input: 1,
  output: 2,
  ...more,
});

const called = (request_model: string, more: Partial<ModelCosts> = {}): ModelCosts => ({
  provider: "openai",
  request_model,
  response_model: "",
  listed_as: "",
  price: null,
  calls: 1,
  unpriced_calls: 1,
  input_tokens: 1,
  output_tokens: 1,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  reasoning_tokens: 0,
  cost_usd: null,
  first: "2026-11-01T00:00:00Z",
  last: "2026-11-02T00:00:00Z",
  ...more,
});

const names = (models: ModelCosts[]) => models.map((model) => model.request_model);

test("a price replaces the one that it was made from and the one for the same models and day", () => {
  const list = [price("a"), price("B"), price("b", { valid_from: "2026-07-01" })];
  expect(withPrice(list, price("b", { input: 9 }), list[0])).toEqual([list[2], price("b", { input: 9 })]);
  expect(withPrice(list, price("b", { provider: "openai" })).length).toBe(4);
  expect(withoutPrice(list, price("b"))).toEqual([list[0], list[2]]);
});

test("prices stand by name and then by their first day", () => {
  const late = price("a", { valid_from: "2026-07-01" });
  expect(inOrder([price("b"), late, price("a")])).toEqual([price("a"), late, price("b")]);
});

test("a pattern fits models as the server's does", () => {
  const models = [called("gpt-5"), called("GPT-5-mini"), called("gpt-5.1"), called("o3")];
  const of = (model: string, provider = "") => names(fitting({ model, provider }, models));
  expect(of("gpt-5*")).toEqual(["gpt-5", "GPT-5-mini", "gpt-5.1"]);
  expect(of("gpt-5")).toEqual(["gpt-5"]);
  expect(of("gpt-5?1")).toEqual(["gpt-5.1"]);
  expect(of("gpt.5")).toEqual([]);
  expect(of("o[0-9]")).toEqual(["o3"]);
  expect(of("o[!0-9]")).toEqual([]);
  expect(of("o[")).toEqual([]);
  expect(of("*", "anthropic")).toEqual([]);
  expect(of("")).toEqual([]);
  expect(names(fitting(price("answered"), [called("asked", { response_model: "answered" })]))).toEqual([
    "asked",
  ]);
});

test("a draft is the price again, and leaves out what costs as its kind does", () => {
  const whole = price("a", { cache_read: 0.1, cache_write: null, reasoning: 0, valid_from: "2026-07-01" });
  expect(priceOf(draftOf(whole))).toEqual(whole);
  const rates = { input: 1, output: 2, cache_read: 0.5, cache_write: 1, reasoning: 2, request: 0 };
  const held = { ...rates, source: "override", since: null, has_sizes: false };
  expect(draftFor(called("m", { price: held }))).toEqual({
    ...EMPTY,
    provider: "openai",
    model: "m",
    input: "1",
    output: "2",
    cache_read: "0.5",
  });
});

test("what is no number is sent as it was typed, and nothing typed is no price of 0", () => {
  expect(priceOf(EMPTY).output).toBeNull();
  const made = priceOf({ ...EMPTY, model: " a ", input: "", output: "1,5", cache_read: "1e999" });
  expect(made).toMatchObject({ model: "a", input: null, output: "1,5", cache_read: "1e999" });
});

test("the server's sentence finds its field", () => {
  expect(fieldProblem("body.items.3.input: Input should be a valid number.")).toEqual({
    item: 3,
    field: "input",
    sentence: "Input should be a valid number.",
  });
  expect(fieldProblem("body.reason: Too long.")).toBeUndefined();
});

test("a model whose calls state their own cost lacks no price", () => {
  expect(lacksPrice(called("m"))).toBe(true);
  expect(lacksPrice(called("m", { unpriced_calls: 0, cost_usd: 1 }))).toBe(false);
});
