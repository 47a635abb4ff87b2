import { expect, test } from "vitest";
import type { Span } from "@/api/types";
import { curlOf, itemOf, itemWithOrigin } from "./spanCopies";

const TRACE = "0123456789abcdef0123456789abcdef";
const message = (role: string, content: string) => ({ role, parts: [{ type: "text", content }] });
const span = (input: unknown, output: unknown, item = "") =>
  ({
    span_id: "fedcba9876543210",
    item,
    input: typeof input === "string" ? input : JSON.stringify(input),
    output: typeof output === "string" ? output : JSON.stringify(output),
  }) as Span;

test("an item holds the last question and the answer to it", () => {
  const asked = [message("user", "before"), message("assistant", "yes"), message("user", "and now?")];
  expect(itemOf(TRACE, span(asked, [message("assistant", "now too")]))).toEqual({
    id: "01234567-fedcba98",
    input: "and now?",
    reference: "now too",
  });
});

test("a sample of a run keeps the id of its item", () => {
  expect(itemOf(TRACE, span("q", "a", "changes-01"))).toEqual({
    id: "changes-01",
    input: "q",
    reference: "a",
  });
});

test("a tool's arguments stay as they are", () => {
  expect(itemOf(TRACE, span({ order: 1 }, { state: "sent" }))).toMatchObject({
    input: { order: 1 },
    reference: { state: "sent" },
  });
});

test("the call names the span and no key", () => {
  expect(curlOf("http://localhost:4800", TRACE, "fedcba9876543210")).toBe(
    `curl -H "Authorization: Bearer $WINDLASS_API_KEY" 'http://localhost:4800/api/v1/traces/${TRACE}/spans/fedcba9876543210'`,
  );
});

test("an item that is added says where it is from, without what is not known", () => {
  const release = { release: "sha256:abc", release_name: "guide", environment: "" };
  expect(itemWithOrigin(TRACE, { ...span("q", "a"), ...release }, "shop").metadata).toEqual({
    trace_id: TRACE,
    span_id: "fedcba9876543210",
    project: "shop",
    release: "sha256:abc",
    release_name: "guide",
  });
});
