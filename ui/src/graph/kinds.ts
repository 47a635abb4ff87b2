import type { NodeKind } from "@/api/graph";
import type { IconName } from "@/components/Icon";
import type { Words } from "@/i18n/language";

export const ICONS: Record<NodeKind, IconName> = {
  start: "right",
  end: "check",
  agent: "agent",
  workflow: "releases",
  model: "prompt",
  tool: "tool",
  retrieval: "index",
  memory_read: "dataset",
  memory_write: "dataset",
};

const KINDS = new Set<string>(Object.keys(ICONS));

/** What a step is called in a sentence: "tool find_order". */
export function nameOf(id: string, { t }: Words): string {
  const at = id.indexOf(":");
  const kind = at < 0 ? id : id.slice(0, at);
  if (!KINDS.has(kind)) return id;
  const word = t(`graph.kind.${kind as NodeKind}`);
  return at < 0 ? word : `${word} ${id.slice(at + 1)}`;
}
