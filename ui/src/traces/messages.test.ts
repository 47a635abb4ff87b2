import { expect, test } from "vitest";
import { readContent } from "./messages";

test("messages of the gen_ai conventions become parts", () => {
  const raw = JSON.stringify([
    { role: "user", parts: [{ type: "text", content: "Price?" }] },
    {
      role: "assistant",
      parts: [{ type: "tool_call", id: "c1", name: "price", arguments: '{"unit":"1M"}' }],
    },
    { role: "tool", parts: [{ type: "tool_call_response", id: "c1", response: { usd: 0.15 } }] },
    {
      role: "assistant",
      parts: [
        { type: "reasoning", content: "easy" },
        { type: "text", content: "0.15" },
      ],
      finish_reason: "stop",
    },
  ]);
  expect(readContent(raw)).toEqual({
    kind: "messages",
    messages: [
      { role: "user", parts: [{ kind: "text", text: "Price?" }], finish: undefined },
      {
        role: "assistant",
        parts: [{ kind: "call", id: "c1", name: "price", input: { unit: "1M" } }],
        finish: undefined,
      },
      { role: "tool", parts: [{ kind: "result", id: "c1", output: { usd: 0.15 } }], finish: undefined },
      {
        role: "assistant",
        parts: [
          { kind: "reasoning", text: "easy" },
          { kind: "text", text: "0.15" },
        ],
        finish: "stop",
      },
    ],
  });
});

test("the older OpenAI shape is read too", () => {
  const raw = JSON.stringify({
    messages: [
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "c1", function: { name: "price", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "c1", content: "free" },
    ],
  });
  expect(readContent(raw)).toEqual({
    kind: "messages",
    messages: [
      { role: "assistant", parts: [{ kind: "call", id: "c1", name: "price", input: {} }], finish: undefined },
      { role: "tool", parts: [{ kind: "result", id: "c1", output: "free" }] },
    ],
  });
});

test("system instructions are a list of texts", () => {
  expect(readContent('[{"type":"text","content":"Be brief."}]')).toEqual({
    kind: "messages",
    messages: [{ role: "", parts: [{ kind: "text", text: "Be brief." }] }],
  });
});

test("retrieved documents become passages with their place", () => {
  const raw = JSON.stringify([
    { id: "a#1", score: 0.8, content: "text", metadata: { document: "03.md", section: "Why" } },
  ]);
  expect(readContent(raw)).toEqual({
    kind: "passages",
    passages: [{ place: "03.md · Why", text: "text", score: 0.8 }],
  });
});

test.each(["plain words", "{ not json", "[1, 2", ""])("%j stays the text that it is", (raw) => {
  expect(readContent(raw)).toEqual({ kind: "text", text: raw });
});

test("other JSON is shown as JSON", () => {
  expect(readContent('{"a":[1]}')).toEqual({ kind: "json", value: { a: [1] } });
  expect(readContent("[]")).toEqual({ kind: "json", value: [] });
});

test("a part of an unknown type is kept", () => {
  const content = readContent('[{"role":"user","parts":[{"type":"blob","mime":"image/png"}]}]');
  expect(content).toMatchObject({ messages: [{ parts: [{ kind: "other", type: "blob" }] }] });
});
