import { expect, test } from "vitest";
import { transcriptOf } from "./transcript";

test("messages are compared as they were said", () => {
  const messages = [
    { role: "user", parts: [{ type: "text", content: "Where is it?" }] },
    { role: "assistant", parts: [{ type: "tool_call", id: "a", name: "find", arguments: { order: 1 } }] },
    { role: "tool", parts: [{ type: "tool_call_response", id: "a", response: "sent" }] },
    { role: "assistant", parts: [{ type: "text", content: "It was sent." }] },
  ];
  expect(transcriptOf(JSON.stringify(messages))).toBe(
    'user:\nWhere is it?\n\nassistant:\nfind({\n  "order": 1\n})\n→ sent\n\nassistant:\nIt was sent.',
  );
});

test("other JSON has a line for each value, and a text is itself", () => {
  expect(transcriptOf('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(transcriptOf("plain {text")).toBe("plain {text");
});
