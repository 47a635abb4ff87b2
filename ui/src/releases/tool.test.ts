import { expect, test } from "vitest";
import { addressOf, argumentsOf, variablesOf } from "./tool";

test("the arguments of a tool are those that its schema names", () => {
  const schema = {
    type: "object",
    properties: {
      order: { type: "integer", description: "Its number." },
      states: { type: "array", items: { enum: ["open", "closed"] }, default: ["open"] },
      note: { type: ["string", "null"] },
      anything: true,
    },
    required: ["order"],
  };
  expect(argumentsOf(schema)).toEqual([
    { name: "order", type: "integer", required: true, description: "Its number.", fallback: "" },
    { name: "states", type: '"open" | "closed"[]', required: false, description: "", fallback: '["open"]' },
    { name: "note", type: "string | null", required: false, description: "", fallback: "" },
    { name: "anything", type: "", required: false, description: "", fallback: "" },
  ]);
  expect(argumentsOf({ type: "object" })).toEqual([]);
});

test("a tool says where it is reached, and by which variables", () => {
  const body = { protocol: "mcp", url: "http://127.0.0.1:9/mcp", tool: "find", key_variable: "KEY" };
  expect(addressOf(body)).toBe("mcp http://127.0.0.1:9/mcp find");
  expect(variablesOf({ ...body, headers: { "X-Tenant": "TENANT" } })).toEqual(["KEY", "X-Tenant: TENANT"]);
});
