import "./sequentialTexts";
import type { SequentialReport } from "@/api/types";
import { Section } from "@/components/Page";
import { useWords } from "@/i18n/useWords";
import { SequentialView } from "./SequentialView";

/** Loaded after the page of a verdict: how it was come to, of a gate that looked while samples came in. */
export function VerdictSequence({ report }: { report: SequentialReport }) {
  const { t } = useWords();
  return (
    <Section title={t("seq.title")}>
      <SequentialView report={report} />
    </Section>
  );
}
