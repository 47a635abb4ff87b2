import { findReference, type MediaReference, readReference } from "./mediaReference";

/** One part of a message of the gen_ai conventions, reduced to what can be shown. */
export type MessagePart =
  | { kind: "text"; text: string }
  | { kind: "reasoning"; text: string }
  | { kind: "call"; id: string; name: string; input: unknown; result?: unknown }
  | { kind: "result"; id: string; output: unknown }
  | { kind: "media"; media: MediaReference }
  | { kind: "other"; type: string; value: unknown };

export interface Message {
  role: string;
  parts: MessagePart[];
  finish?: string;
}

/** One retrieved passage: where it stands and how well it matched. */
export interface Passage {
  place: string;
  text: string;
  score: number | null;
}

export type Content =
  | { kind: "messages"; messages: Message[] }
  | { kind: "passages"; passages: Passage[] }
  | { kind: "json"; value: unknown }
  | { kind: "text"; text: string };

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const textOf = (value: unknown) => (typeof value === "string" ? value : "");

/** Arguments and attributes often carry JSON inside a string. */
export function unpacked(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === "object" && parsed !== null ? parsed : value;
  } catch {
    return value;
  }
}

function readPart(part: unknown): MessagePart {
  if (typeof part === "string") return readText(part);
  if (!isFields(part)) return { kind: "other", type: typeof part, value: part };
  const type = textOf(part.type);
  switch (type) {
    case "text":
    case "":
      return typeof (part.content ?? part.text) === "string"
        ? { kind: "text", text: textOf(part.content ?? part.text) }
        : mediaOr({ kind: "other", type: type || "?", value: part }, part);
    case "reasoning":
    case "thinking":
      return { kind: "reasoning", text: textOf(part.content ?? part.thinking ?? part.text) };
    case "tool_call":
    case "tool_use":
      return {
        kind: "call",
        id: textOf(part.id),
        name: textOf(part.name),
        input: unpacked(part.arguments ?? part.input),
      };
    case "tool_call_response":
    case "tool_result":
      return {
        kind: "result",
        id: textOf(part.id ?? part.tool_use_id),
        output: unpacked(part.response ?? part.result ?? part.content),
      };
    default:
      return mediaOr({ kind: "other", type, value: part }, part);
  }
}

function mediaOr(otherwise: MessagePart, part: unknown): MessagePart {
  const media = findReference(part);
  return media ? { kind: "media", media } : otherwise;
}

function readText(text: string): MessagePart {
  const media = readReference(text.trim());
  return media ? { kind: "media", media } : { kind: "text", text };
}

/** The older OpenAI shape keeps calls beside the content. */
function readCalls(calls: unknown): MessagePart[] {
  if (!Array.isArray(calls)) return [];
  return calls.filter(isFields).map((call) => {
    const target = isFields(call.function) ? call.function : call;
    return {
      kind: "call",
      id: textOf(call.id),
      name: textOf(target.name),
      input: unpacked(target.arguments),
    };
  });
}

function readMessage(message: Fields): Message {
  const content = message.parts ?? message.content;
  const parts = Array.isArray(content)
    ? content.map(readPart)
    : typeof content === "string" && content
      ? [readText(content)]
      : [];
  const role = textOf(message.role);
  if (role === "tool" && typeof message.tool_call_id === "string") {
    return { role, parts: [{ kind: "result", id: message.tool_call_id, output: unpacked(message.content) }] };
  }
  return {
    role,
    parts: [...parts, ...readCalls(message.tool_calls)],
    finish: textOf(message.finish_reason) || undefined,
  };
}

/** Documents of the gen_ai retrieval convention: id, score, content, and metadata that names the place. */
function readPassage(entry: Fields): Passage | undefined {
  const text = textOf(entry.content ?? entry.text);
  if (!text || entry.role !== undefined || (entry.score === undefined && entry.metadata === undefined))
    return undefined;
  const about = isFields(entry.metadata) ? entry.metadata : entry;
  const place = [about.document ?? about.source ?? about.title, about.section]
    .map(textOf)
    .filter(Boolean)
    .join(" · ");
  return {
    place: place || textOf(entry.id),
    text,
    score: typeof entry.score === "number" ? entry.score : null,
  };
}

/** The messages that the server found in a text of a shape that is not known here; else the text itself. */
export function said(raw: string, messages: readonly unknown[]): string {
  return messages.length > 0 && readContent(raw).kind === "json" ? JSON.stringify(messages) : raw;
}

/** What a span says as input or output: messages where it follows a known shape, else JSON or plain text. */
export function readContent(raw: string): Content {
  const text = raw.trim();
  if (readReference(text)) return { kind: "messages", messages: [{ role: "", parts: [readText(text)] }] };
  if (!/^[[{]/.test(text)) return { kind: "text", text: raw };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: "text", text: raw };
  }
  const list = Array.isArray(value)
    ? value
    : isFields(value) && Array.isArray(value.messages)
      ? value.messages
      : [value];
  if (list.length > 0 && list.every((entry) => isFields(entry) && typeof entry.role === "string")) {
    return { kind: "messages", messages: list.filter(isFields).map(readMessage) };
  }
  if (
    list.length > 0 &&
    list.every(
      (entry) => isFields(entry) && typeof entry.content === "string" && textOf(entry.type) === "text",
    )
  ) {
    return { kind: "messages", messages: [{ role: "", parts: list.map(readPart) }] };
  }
  const passages = list.flatMap((entry) => (isFields(entry) ? (readPassage(entry) ?? []) : []));
  if (list.length > 0 && passages.length === list.length) return { kind: "passages", passages };
  return { kind: "json", value };
}
