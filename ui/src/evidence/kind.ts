import type { MediaEvidence } from "./evidence";

/** Evidence of a kind that has a view of its own; anything else stays with its explanation. */
export function isMediaEvidence(evidence: unknown): evidence is MediaEvidence {
  if (typeof evidence !== "object" || evidence === null) return false;
  const { kind, media, questions } = evidence as Record<string, unknown>;
  return kind === "media_agreement" && Array.isArray(media) && Array.isArray(questions);
}
