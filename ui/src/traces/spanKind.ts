import type { SpanOutline } from "@/api/types";
import type { IconName } from "@/components/Icon";

const ICONS: Record<string, IconName> = {
  chat: "prompt",
  text_completion: "prompt",
  generate_content: "prompt",
  embeddings: "embed",
  retrieval: "index",
  execute_tool: "tool",
  invoke_agent: "agent",
  create_agent: "agent",
  invoke_workflow: "agent",
};

export function iconOf(span: Pick<SpanOutline, "operation" | "tool">): IconName {
  return ICONS[span.operation] ?? (span.tool ? "tool" : "span");
}

/** Operations fall into four tones of the timeline; the icon says the same without colour. */
export function toneOf(
  span: Pick<SpanOutline, "operation" | "tool" | "status">,
): "error" | "model" | "tool" | "retrieval" | "plain" {
  if (span.status === "error") return "error";
  const icon = iconOf(span);
  if (icon === "prompt") return "model";
  if (icon === "tool") return "tool";
  return icon === "index" || icon === "embed" ? "retrieval" : "plain";
}

/** Whether a plain text on the span was said by somebody: a tool's input and a search are not. */
export function talks(span: Pick<SpanOutline, "operation" | "tool">): boolean {
  return !["tool", "index", "embed"].includes(iconOf(span));
}
