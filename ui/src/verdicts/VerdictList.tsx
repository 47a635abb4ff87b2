import { Link } from "@tanstack/react-router";
import type { Verdict } from "@/api/types";
import { OutcomeBadge } from "@/components/Marks";
import { EmptyState } from "@/components/States";
import { When } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import styles from "./Verdicts.module.css";

export function VerdictList({ verdicts }: { verdicts: Verdict[] }) {
  const { t } = useWords();
  if (verdicts.length === 0) {
    return (
      <EmptyState
        icon="verdict"
        title={t("verdicts.empty")}
        text={t("verdicts.empty.text")}
        command="windlass gate --candidate release/NAME@latest --baseline release/NAME@1"
      />
    );
  }
  return (
    <ul>
      {verdicts.map((verdict) => (
        <li key={verdict.id} className={styles.entry}>
          <Link to="/verdicts/$verdictId" params={{ verdictId: verdict.id }}>
            <span className={styles.entryHead}>
              <OutcomeBadge outcome={verdict.outcome} />
              <span className="clip">
                {verdict.candidate.name}@{verdict.candidate.number}
                <span className="faint"> {t("verdict.against", { number: verdict.baseline.number })}</span>
              </span>
              <span className={`${styles.when} faint`}>
                <When time={verdict.created} />
              </span>
            </span>
            <span className="dim">{verdict.sentence}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
