import type { EvaluatorDetail, Trial } from "@/api/evaluators";
import { Markdown } from "@/components/Markdown";
import { Cost, Missing, Tokens } from "@/components/Value";
import { JudgedEvidence } from "@/evidence/JudgedEvidence";
import { useWords } from "@/i18n/useWords";
import { reasonWord } from "@/runs/reasons";
import styles from "./Evaluators.module.css";

interface Props {
  trial: Trial;
  evaluator: EvaluatorDetail;
}

/** What it said of the sample, why, and what that took. */
export function TrialResult({ trial, evaluator }: Props) {
  const { t, format } = useWords();
  const meaning = evaluator.scale.find(({ value }) => value === trial.value)?.meaning;
  return (
    <div className={styles.result}>
      <p className={styles.score}>
        {trial.value === null ? (
          <>
            <Missing reason={t("try.no_value")} />
            <span className={styles.why}>
              {t("try.missing", { why: reasonWord(t, trial.missing_why ?? "") })}
            </span>
          </>
        ) : (
          <>
            <b className="num">{format.metric(evaluator.name, trial.value)}</b>
            <span className={styles.why}>{meaning ?? trial.label}</span>
          </>
        )}
      </p>
      <JudgedEvidence evidence={trial.evidence}>
        {trial.explanation && <Markdown text={trial.explanation} />}
      </JudgedEvidence>
      <dl className={styles.facts}>
        <div>
          <dt>{t("try.took")}</dt>
          <dd className="num">{format.duration(trial.latency_s)}</dd>
        </div>
        {trial.source === "judge" && (
          <>
            <div>
              <dt>{t("try.cost")}</dt>
              <dd>
                <Cost value={trial.cost_usd} />
              </dd>
            </div>
            <div>
              <dt>{t("try.tokens")}</dt>
              <dd>
                <Tokens input={trial.input_tokens} output={trial.output_tokens} />
              </dd>
            </div>
            <div>
              <dt>{t("try.calls")}</dt>
              <dd className="num">{format.integer(trial.calls)}</dd>
            </div>
            {trial.model && (
              <div>
                <dt>{t("evaluators.asks")}</dt>
                <dd className="mono">{trial.model}</dd>
              </div>
            )}
          </>
        )}
      </dl>
    </div>
  );
}
