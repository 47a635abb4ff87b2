import "./humanTexts";
import type { HumanEvidence, HumanLabels } from "@/api/human";
import type { Check } from "@/api/types";
import { useWords } from "@/i18n/useWords";
import styles from "./Human.module.css";

/** Marks a metric that only a judge vouches for. */
export function JudgeOnly() {
  const { t } = useWords();
  return (
    <span className={styles.mark} data-tip={t("human.only.tip")}>
      {t("human.only")}
    </span>
  );
}

/** Says of a gate's check whose word it is, where a judge has one. */
export function WhoseWord({ check }: { check: Check }) {
  if (check.human) return <ByPeople metric={check.metric} human={check.human} />;
  return check.judge_only ? <JudgeOnly /> : null;
}

function ByPeople({ metric, human }: { metric: string; human: HumanEvidence }) {
  const { t, format } = useWords();
  const { judge_low: low, judge_high: high } = human;
  const tip = t("human.check.tip", {
    labelled: human.labelled,
    unlabelled: human.unlabelled,
    labels: placeOf(human.labels, metric),
    weight: human.weight === null ? "–" : human.weight.toFixed(2),
    difference: format.difference(metric, human.judge_difference),
    low: low === null ? "–" : format.difference(metric, low),
    high: high === null ? "–" : format.difference(metric, high),
  });
  return (
    <span className={styles.mark} data-people data-tip={tip}>
      {t("human.check", { n: human.labelled })}
    </span>
  );
}

/** Where labels are: a queue with its question, or a field of the dataset. */
export function placeOf(labels: HumanLabels, metric: string): string {
  return labels.field ?? `${labels.queue}/${labels.question ?? metric}`;
}
