/** A value as somebody writes it: plain text, or JSON. */
export interface Draft {
  kind: "text" | "json";
  text: string;
}

const isEmpty = (value: unknown) => value === null || value === undefined || value === "";

export const toDraft = (value: unknown): Draft =>
  isEmpty(value) || typeof value === "string"
    ? { kind: "text", text: (value as string | null | undefined) ?? "" }
    : { kind: "json", text: JSON.stringify(value, null, 2) };

/** The other kind of the same value: text is quoted for JSON, a JSON text unquoted. */
export function asKind(draft: Draft, kind: Draft["kind"]): Draft {
  if (draft.kind === kind) return draft;
  if (kind === "json") return { kind, text: isJson(draft.text) ? draft.text : JSON.stringify(draft.text) };
  const value = parse(draft.text);
  return { kind, text: typeof value === "string" ? value : draft.text };
}

/** The value that a draft says; undefined where it is not JSON. */
export function draftValue(draft: Draft): unknown {
  if (draft.kind === "text") return draft.text === "" ? null : draft.text;
  return draft.text.trim() === "" ? null : parse(draft.text);
}

export const isJson = (text: string) => parse(text) !== undefined;

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value on one line, for a row of a list: of an object with one text, that text. */
export function inLine(value: unknown): string {
  if (isEmpty(value)) return "";
  if (typeof value === "string") return value.replace(/\s+/g, " ");
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) {
    return value.join(" | ").replace(/\s+/g, " ");
  }
  const texts = isObject(value) ? Object.values(value) : [];
  if (texts.length === 1 && typeof texts[0] === "string") return texts[0].replace(/\s+/g, " ");
  const said = lastSaid(value);
  return said ?? JSON.stringify(value);
}

/** A value as text to be compared line by line. */
export const asText = (value: unknown): string =>
  isEmpty(value) ? "" : typeof value === "string" ? value : JSON.stringify(value, null, 2);

/** Of a chat history, its last words. */
function lastSaid(value: unknown): string | undefined {
  const list = isObject(value) ? value.messages : value;
  const last: unknown = Array.isArray(list) ? list.at(-1) : undefined;
  return isObject(last) && typeof last.role === "string" && typeof last.content === "string"
    ? last.content.replace(/\s+/g, " ")
    : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
