import { pairCalls } from "./calls";
import { type MessagePart, readContent } from "./messages";

const json = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

function lineOf(part: MessagePart): string {
  switch (part.kind) {
    case "text":
    case "reasoning":
      return part.text;
    case "call":
      return [`${part.name}(${json(part.input)})`, ...("result" in part ? [json(part.result)] : [])].join(
        "\n→ ",
      );
    case "result":
      return `→ ${json(part.output)}`;
    case "media":
      return json(part.media);
    case "other":
      return json(part.value);
  }
}

/** A text as two of them are compared: messages as they were said, JSON with a line for each value. */
export function transcriptOf(raw: string): string {
  const content = readContent(raw);
  switch (content.kind) {
    case "messages":
      return pairCalls(content.messages)
        .map(({ role, parts }) => [...(role ? [`${role}:`] : []), ...parts.map(lineOf)].join("\n"))
        .join("\n\n");
    case "passages":
      return content.passages.map(({ place, text }) => `${place}\n${text}`).join("\n\n");
    case "json":
      return json(content.value);
    case "text":
      return content.text;
  }
}
