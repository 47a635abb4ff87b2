import type { Sample } from "@/api/masking";

export type SampleKind = "text" | "attributes" | "trace";

export const KINDS: readonly SampleKind[] = ["text", "attributes", "trace"];

/** What is typed, for each kind: changing the kind loses nothing. */
export type Typed = Record<SampleKind, string>;

export const NOTHING_TYPED: Typed = { text: "", attributes: "", trace: "" };

/** Fictional, and each has a shape that a detector knows. */
export const EXAMPLES: Record<"text" | "attributes", string> = {
  text: "Ada (ada@example.com, +82 10-1234-5678) paid with 4111 1111 1111 1111 from 203.0.113.7.",
  attributes: JSON.stringify(
    {
      "user.id": "ada@example.com",
      "http.request.header.authorization": "Bearer abcdefghijklmnop",
      "gen_ai.tool.call.arguments": '{"password": "secret", "card": "4111 1111 1111 1111"}',
    },
    null,
    2,
  ),
};

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** What to ask the server: nothing while nothing is typed, or what is typed is no sample. */
export function sampleOf(kind: SampleKind, typed: Typed): Sample | undefined {
  const text = typed[kind];
  if (!text.trim()) return undefined;
  if (kind === "text") return { text };
  if (kind === "trace") return { trace_id: text.trim() };
  const attributes = objectOf(text);
  return attributes && { attributes };
}

/** One value as a line of text: texts as they are, the rest as JSON. */
export const lineOf = (value: unknown): string =>
  typeof value === "string" ? value : (JSON.stringify(value) ?? "");

const SPAN = /^span ([0-9a-f]{16})\b/;

/** The span of a trace in which something was found. */
export const spanOfPlace = (place: string): string | undefined => SPAN.exec(place)?.[1];
