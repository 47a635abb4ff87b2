import type { VersionLink } from "@/api/types";

type Fields = Record<string, unknown>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export interface PromptMessage {
  role: string;
  text: string;
}

/** The fields that hold a prompt's own text, in the shapes that are in use. */
export const TEXT_FIELDS = ["messages", "template", "body", "text", "content"] as const;

/** The messages of a prompt: a list with roles, or one text without. */
export function messagesOf(body: unknown): PromptMessage[] {
  if (typeof body === "string") return [{ role: "", text: body }];
  if (!isFields(body)) return [];
  if (Array.isArray(body.messages)) {
    return body.messages.filter(isFields).map((message) => ({
      role: typeof message.role === "string" ? message.role : "",
      text: TEXT_FIELDS.map((field) => message[field]).find((text) => typeof text === "string") ?? "",
    }));
  }
  const text = TEXT_FIELDS.map((field) => body[field]).find((value) => typeof value === "string");
  return text === undefined ? [] : [{ role: "", text }];
}

/** A body without the fields that are shown on their own. */
export function restOf(body: unknown, shown: readonly string[]): Fields {
  if (!isFields(body)) return {};
  return Object.fromEntries(Object.entries(body).filter(([name]) => !shown.includes(name)));
}

/** What a release sets itself: its body without the digests that its references already show. */
export function settingsOf(body: unknown, references: readonly VersionLink[]): Fields {
  const digests = new Set(references.map((reference) => reference.digest));
  const keep = (value: unknown): unknown => {
    if (typeof value === "string" && digests.has(value)) return undefined;
    if (Array.isArray(value)) {
      const kept = value.map(keep).filter((item) => item !== undefined);
      return value.length > 0 && kept.length === 0 ? undefined : kept;
    }
    if (!isFields(value)) return value;
    if (typeof value.digest === "string" && digests.has(value.digest)) return undefined;
    const kept = Object.entries(value)
      .map(([name, item]) => [name, keep(item)] as const)
      .filter(([, item]) => item !== undefined);
    return Object.keys(value).length > 0 && kept.length === 0 ? undefined : Object.fromEntries(kept);
  };
  const kept = keep(body);
  return isFields(kept) ? kept : {};
}

/** A cascade's steps by their numbers, so that each threshold is a row; what is empty in them is left out. */
export function withSteps(own: Fields): Fields {
  if (!isFields(own.cascade) || !Array.isArray(own.cascade.steps)) return own;
  const { cascade, prompts: _none, ...rest } = own;
  const steps = (cascade as { steps: unknown[] }).steps.map((step, place) => {
    const said = Object.entries(isFields(step) ? step : {}).filter(([, value]) => !isEmptyList(value));
    return [String(place + 1), Object.fromEntries(said)] as const;
  });
  return { ...rest, cascade: Object.fromEntries(steps.filter(([, step]) => Object.keys(step).length > 0)) };
}

const isEmptyList = (value: unknown) => Array.isArray(value) && value.length === 0;

/** Nested settings as flat rows: retrieval.k = 6. What is empty is left out. */
export function flatten(value: unknown, path = ""): [string, unknown][] {
  if (isFields(value) && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([name, item]) => flatten(item, path ? `${path}.${name}` : name));
  }
  return value === "" || value === null ? [] : [[path, value]];
}
