import { expect, test } from "vitest";
import { createFormat, unitOf } from "./format";
import { preferredLanguage } from "./language";

const en = createFormat("en");
const ko = createFormat("ko");

test.each([
  [0.0000004, "0 µs"],
  [0.00025, "250 µs"],
  [0.0042, "4.2 ms"],
  [0.247, "247 ms"],
  [1.5, "1.50 s"],
  [20, "20.0 s"],
  [125, "2 m 5 s"],
  [50_761, "14 h 6 m"],
])("a duration of %f s reads %s", (seconds, text) => {
  expect(en.duration(seconds)).toBe(text);
});

test.each([
  [250, "250 byte"],
  [2_048, "2 kB"],
  [1_500_000, "1.5 MB"],
])("a size of %d bytes reads %s", (bytes, text) => {
  expect(en.bytes(bytes)).toBe(text);
});

test("small costs keep two significant digits", () => {
  expect(en.cost(0.0011)).toBe("$0.0011");
  expect(en.cost(0)).toBe("$0.00");
  expect(ko.cost(12.5)).toBe("$12.50");
});

test("a metric is shown in its own unit", () => {
  expect(unitOf("latency_s")).toBe("seconds");
  expect(en.metric("token_f1", 0.4926)).toBe("0.493");
  expect(en.metric("input_tokens", 910.4)).toBe("910.4");
  expect(en.metric("cost_usd", 0.00042)).toBe("$0.00042");
});

test("a difference carries its sign", () => {
  expect(en.difference("token_f1", 0.08)).toBe("+0.080");
  expect(en.difference("token_f1", -0.08)).toBe("−0.080");
  expect(en.difference("latency_s", 0)).toBe("±0 ms");
});

test("a relative time takes the largest whole unit", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");
  expect(en.relative("2026-11-22T10:30:00Z", now)).toBe("1h ago");
  expect(ko.relative("2026-11-22T11:58:00Z", now)).toBe("2분 전");
});

test("the language is the stored one, else the first known one of the browser", () => {
  expect(preferredLanguage("ko", ["en-US"])).toBe("ko");
  expect(preferredLanguage(null, ["fr-FR", "ko-KR", "en"])).toBe("ko");
  expect(preferredLanguage(null, ["fr-FR"])).toBe("en");
  expect(preferredLanguage("xx", ["en-GB", "ko"])).toBe("en");
});
