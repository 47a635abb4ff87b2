import { useQuery } from "@tanstack/react-query";
import { type CorrectedMetric, judgedMetricsQuery } from "@/api/human";
import { useWords } from "@/i18n/useWords";
import styles from "./Human.module.css";
import { JudgeOnly, placeOf } from "./WhoseWord";

/** Under a judged metric of a run: what people make of it, or that nobody has said anything. */
export function JudgedCard({ run, metric }: { run: string; metric: string }) {
  const judged = useQuery(judgedMetricsQuery(run)).data?.items.find((each) => each.metric === metric);
  if (!judged) return null;
  return (
    <div className={styles.line}>
      {judged.judge_only && <JudgeOnly />}
      {judged.corrected.map((each) => (
        <Corrected key={placeOf(each.labels, metric)} metric={metric} corrected={each} />
      ))}
    </div>
  );
}

function Corrected({ metric, corrected }: { metric: string; corrected: CorrectedMetric }) {
  const { t, format } = useWords();
  const { mean, low, high, weight, effective_labels: effective } = corrected;
  const shown = (value: number | null) => (value === null ? "–" : format.metric(metric, value));
  const tip = t("human.corrected.tip", {
    labelled: corrected.labelled,
    unlabelled: corrected.unlabelled,
    labels: placeOf(corrected.labels, metric),
    weight: weight.toFixed(2),
    effective: effective === null ? "–" : Math.round(effective),
  });
  return (
    <div className={`${styles.corrected} num`} data-tip={tip}>
      {t("human.corrected", { mean: shown(mean), low: shown(low), high: shown(high) })}
    </div>
  );
}
