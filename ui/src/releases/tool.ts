import { isFields } from "./contents";

export interface Argument {
  name: string;
  /** The type that its schema gives it, or the values that it may have. */
  type: string;
  required: boolean;
  description: string;
  /** What it is where it is not given, as JSON; "" where nothing is said. */
  fallback: string;
}

/** The arguments that the JSON Schema of a tool names, in its order. */
export function argumentsOf(schema: unknown): Argument[] {
  if (!isFields(schema) || !isFields(schema.properties)) return [];
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(schema.properties).map(([name, property]) => {
    const said = isFields(property) ? property : {};
    return {
      name,
      type: typeOf(said),
      required: required.includes(name),
      description: typeof said.description === "string" ? said.description : "",
      fallback: "default" in said ? JSON.stringify(said.default) : "",
    };
  });
}

function typeOf(property: Record<string, unknown>): string {
  if (Array.isArray(property.enum)) return property.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (property.type === "array" && isFields(property.items)) return `${typeOf(property.items)}[]`;
  const types = Array.isArray(property.type) ? property.type : [property.type];
  return types.filter((type) => typeof type === "string").join(" | ");
}

/** Where a tool is reached: the protocol, the address, and at an MCP server the tool's name there. */
export function addressOf(body: Record<string, unknown>): string {
  const there = typeof body.tool === "string" && body.tool ? ` ${body.tool}` : "";
  return `${body.protocol} ${body.url}${there}`;
}

/** The variables of the server's environment whose values are sent along. */
export function variablesOf(body: Record<string, unknown>): string[] {
  const headers = isFields(body.headers) ? Object.entries(body.headers) : [];
  const key = typeof body.key_variable === "string" && body.key_variable ? [body.key_variable] : [];
  return [...key, ...headers.map(([header, variable]) => `${header}: ${variable}`)];
}
