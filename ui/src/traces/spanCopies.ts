import type { Item } from "@/api/datasets";
import type { Span } from "@/api/types";
import { type Message, readContent } from "./messages";

/** The call that returns a span; the key stays a variable of the shell. */
export function curlOf(origin: string, traceId: string, spanId: string): string {
  const url = `${origin}/api/v1/traces/${traceId}/spans/${spanId}`;
  return `curl -H "Authorization: Bearer $WINDLASS_API_KEY" '${url}'`;
}

export interface DatasetItem {
  id: string;
  input: unknown;
  reference: unknown;
}

/** The same with where it is from: what the dataset keeps of a span that is added to it. */
export function itemWithOrigin(traceId: string, span: Span, project: string): Item {
  const origin = {
    trace_id: traceId,
    span_id: span.span_id,
    project,
    release: span.release,
    release_name: span.release_name,
    environment: span.environment,
  };
  const metadata = Object.fromEntries(Object.entries(origin).filter(([, value]) => value));
  return { ...itemOf(traceId, span), metadata, split: "" };
}

/** A span as an item of a dataset: what was asked, and what was answered as the reference to be corrected. */
export function itemOf(traceId: string, span: Span): DatasetItem {
  return {
    id: span.item || `${traceId.slice(0, 8)}-${span.span_id.slice(0, 8)}`,
    input: saidBy("user", span.input),
    reference: saidBy("assistant", span.output),
  };
}

/** The last text that somebody said; what is no conversation stays as it is. */
function saidBy(role: string, raw: string): unknown {
  const content = readContent(raw);
  if (content.kind === "messages") return textOf(content.messages, role) ?? raw;
  if (content.kind === "json") return content.value;
  return raw;
}

function textOf(messages: Message[], role: string): string | undefined {
  for (const message of messages.toReversed()) {
    if (message.role !== role && message.role !== "") continue;
    const texts = message.parts.flatMap((part) => (part.kind === "text" ? [part.text] : []));
    if (texts.length) return texts.join("\n");
  }
  return undefined;
}
