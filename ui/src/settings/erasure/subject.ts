import type { components } from "@/api/schema";

export type Subject = components["schemas"]["Subject"];

export const KINDS = ["user", "session", "trace"] as const satisfies Subject["kind"][];

/** The URL names the subject by its kind: `?user=ada`. */
export type SubjectSearch = { [kind in Subject["kind"]]?: string };

export function subjectOf(search: SubjectSearch): Subject | undefined {
  for (const kind of KINDS) {
    const id = search[kind];
    if (id) return { kind, id };
  }
  return undefined;
}

export const searchOf = ({ kind, id }: Subject): SubjectSearch => ({ [kind]: id });

/** The server's sentence without the place in the request, which the field shows. */
export function sentenceOf(detail: string): string {
  const sentence = detail.replace(/^body[\w.]*: (Value error, )?/, "");
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
