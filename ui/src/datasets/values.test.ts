import { expect, test } from "vitest";
import { asKind, draftValue, inLine, toDraft } from "./values";

test("a value comes back from its draft as it was", () => {
  for (const value of ["text", '"quoted"', { a: [1, "b"] }, ["x", "y"], 7, false, null]) {
    expect(draftValue(toDraft(value))).toEqual(value);
  }
});

test("what is not JSON has no value, and nothing is nothing", () => {
  expect(draftValue({ kind: "json", text: "{" })).toBeUndefined();
  expect(draftValue({ kind: "json", text: " " })).toBeNull();
  expect(draftValue({ kind: "text", text: "" })).toBeNull();
});

test("changing between text and JSON loses nothing", () => {
  const json = asKind({ kind: "text", text: "Where?" }, "json");
  expect(draftValue(json)).toBe("Where?");
  expect(asKind(json, "text")).toEqual({ kind: "text", text: "Where?" });
  expect(asKind({ kind: "text", text: '{"a": 1}' }, "json").text).toBe('{"a": 1}');
});

test("a row shows the one text of an object, the last words of a chat, and else the JSON", () => {
  expect(inLine({ question: "Where\nto?" })).toBe("Where to?");
  expect(
    inLine([
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Yes?" },
    ]),
  ).toBe("Yes?");
  expect(inLine({ a: 1, b: "x" })).toBe('{"a":1,"b":"x"}');
  expect(inLine(["one", "or two"])).toBe("one | or two");
  expect(inLine(null)).toBe("");
});
