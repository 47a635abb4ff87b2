import type { Message, MessagePart } from "./messages";

/**
 * Puts the result of each tool call into the call: they are read together, though a model is told them in
 * messages of their own. What has no partner stays where it is.
 */
export function pairCalls(messages: readonly Message[]): Message[] {
  const results = new Map<string, Extract<MessagePart, { kind: "result" }>>();
  const called = new Set<string>();
  for (const { parts } of messages) {
    for (const part of parts) {
      if (part.kind === "call" && part.id) called.add(part.id);
      else if (part.kind === "result" && called.has(part.id)) results.set(part.id, part);
    }
  }
  return messages.flatMap((message) => {
    const parts = message.parts.flatMap((part): MessagePart[] => {
      if (part.kind === "result") return results.get(part.id) === part ? [] : [part];
      const result = part.kind === "call" ? results.get(part.id) : undefined;
      return part.kind === "call" && result ? [{ ...part, result: result.output }] : [part];
    });
    return parts.length || !message.parts.length ? [{ ...message, parts }] : [];
  });
}
