import { expect, test } from "vitest";
import { readContent, said } from "./messages";

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

const REFERENCE = `windlass-media://sha256:${"ab".repeat(32)}`;
const media = (type: string, bytes: number, name = "") => ({
  kind: "media",
  media: { digest: `sha256:${"ab".repeat(32)}`, type, bytes, name },
});

test.each([
  [{ type: "blob", mime_type: "image/png", content: `${REFERENCE}?type=image/png&size=70` }, "image/png"],
  [{ type: "image_url", image_url: { url: `${REFERENCE}?type=image/png&size=70` } }, "image/png"],
  [{ type: "input_image", image_url: `${REFERENCE}?type=image/png&size=70` }, "image/png"],
  [
    { type: "input_audio", input_audio: { data: `${REFERENCE}?type=audio/wav&size=70`, format: "wav" } },
    "audio/wav",
  ],
  [{ type: "image", source: { type: "base64", data: `${REFERENCE}?type=image/png&size=70` } }, "image/png"],
  [{ inline_data: { mime_type: "image/png", data: `${REFERENCE}?type=image/png&size=70` } }, "image/png"],
])("a file that was taken out of %j is found", (part, type) => {
  const content = readContent(JSON.stringify([{ role: "user", content: [part] }]));
  expect(content).toMatchObject({ messages: [{ parts: [media(type, 70)] }] });
});

test("a file has the name that its sender gave it", () => {
  const part = { type: "file", file: { filename: "a.csv", file_data: `${REFERENCE}?type=text/csv&size=9` } };
  const content = readContent(JSON.stringify([{ role: "user", content: [part] }]));
  expect(content).toMatchObject({ messages: [{ parts: [media("text/csv", 9, "a.csv")] }] });
});

test("a text that is nothing but a file is one", () => {
  const raw = `${REFERENCE}?type=image/png&size=70`;
  expect(readContent(raw)).toMatchObject({ messages: [{ parts: [media("image/png", 70)] }] });
  expect(readContent(`see ${raw}`)).toEqual({ kind: "text", text: `see ${raw}` });
});

test("an address of elsewhere is no file of ours", () => {
  const part = { type: "image_url", image_url: { url: "https://example.org/a.png" } };
  const content = readContent(JSON.stringify([{ role: "user", content: [part] }]));
  expect(content).toMatchObject({ messages: [{ parts: [{ kind: "other", type: "image_url" }] }] });
});

test("a part of an unknown type is kept", () => {
  const content = readContent('[{"role":"user","parts":[{"type":"blob","mime":"image/png"}]}]');
  expect(content).toMatchObject({ messages: [{ parts: [{ kind: "other", type: "blob" }] }] });
});

test("what the server read is shown where the shape of the text is not known here", () => {
  const read = [{ role: "user", parts: [{ type: "text", content: "Price?" }] }];
  const known = JSON.stringify([{ role: "user", content: "Cost?" }]);

  expect(readContent(said('{"contents":[{"parts":[{"text":"Price?"}]}]}', read))).toMatchObject({
    messages: [{ role: "user", parts: [{ kind: "text", text: "Price?" }] }],
  });
  expect(said(known, read)).toBe(known);
  expect(said('{"city":"Oslo"}', [])).toBe('{"city":"Oslo"}');
  expect(said("Price?", read)).toBe("Price?");
});
