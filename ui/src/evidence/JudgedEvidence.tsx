import { lazy, type ReactNode, Suspense } from "react";
import { isMediaEvidence } from "./kind";

const MediaEvidenceView = lazy(() =>
  import("./MediaEvidenceView").then((module) => ({ default: module.MediaEvidenceView })),
);

interface Props {
  evidence: unknown;
  /** What is shown of a judgement without evidence of a known kind. */
  children: ReactNode;
}

/** What a judgement rests on, as its kind is shown. */
export function JudgedEvidence({ evidence, children }: Props) {
  if (!isMediaEvidence(evidence)) return children;
  return (
    <Suspense fallback={children}>
      <MediaEvidenceView evidence={evidence} />
    </Suspense>
  );
}
