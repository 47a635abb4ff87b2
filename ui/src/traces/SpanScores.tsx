import type { Score } from "@/api/types";
import { JudgedEvidence } from "@/evidence/JudgedEvidence";
import { useWords } from "@/i18n/useWords";
import { conditionOf } from "./conditions";
import { OnlyWith } from "./OnlyWith";
import styles from "./SpanDetail.module.css";

/** Scores beside the span that they judge, with the reason given. */
export function SpanScores({ scores }: { scores: Score[] }) {
  const { t, format } = useWords();
  return (
    <ul className={styles.scores} aria-label={t("traces.scores")}>
      {scores.map((score) => (
        <li key={`${score.name}${score.time}`}>
          <span className={styles.scoreName}>{score.name}</span>
          <span className={`${styles.scoreValue} num`}>
            {score.value === null ? score.label || "–" : format.metric(score.name, score.value)}
          </span>
          <span className="faint" data-tip={score.author || undefined}>
            {t(`score.${score.source}`)}
          </span>
          <OnlyWith
            condition={
              score.value === null
                ? conditionOf(`score.${score.name}`, score.label)
                : conditionOf(`score.${score.name}`, score.value, "<=")
            }
          />
          <JudgedEvidence evidence={score.evidence}>
            {score.explanation && <span className={styles.explanation}>{score.explanation}</span>}
          </JudgedEvidence>
        </li>
      ))}
    </ul>
  );
}
