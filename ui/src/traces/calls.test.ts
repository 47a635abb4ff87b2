import { expect, test } from "vitest";
import { pairCalls } from "./calls";
import type { Message } from "./messages";

const call = (id: string) => ({ kind: "call" as const, id, name: "look_up", input: { order: 1 } });
const result = (id: string, output: unknown = "sent") => ({ kind: "result" as const, id, output });
const message = (role: string, ...parts: Message["parts"]): Message => ({ role, parts });

test("a result stands in its call, and the message that only held it is gone", () => {
  expect(pairCalls([message("assistant", call("a")), message("tool", result("a"))])).toEqual([
    message("assistant", { ...call("a"), result: "sent" }),
  ]);
});

test("several calls find each its own result", () => {
  const [told] = pairCalls([
    message("assistant", call("a"), call("b")),
    message("tool", result("b", 2)),
    message("tool", result("a", 1)),
  ]);
  expect(told?.parts).toEqual([
    { ...call("a"), result: 1 },
    { ...call("b"), result: 2 },
  ]);
});

test("what has no partner stays where it is", () => {
  const messages = [
    message("tool", result("early")),
    message("assistant", call("early"), call("open")),
    message("tool", result("other"), { kind: "text", text: "and more" }),
    message("assistant"),
  ];
  expect(pairCalls(messages)).toEqual(messages);
});
