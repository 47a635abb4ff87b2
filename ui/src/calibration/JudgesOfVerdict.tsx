import "./texts";
import { Link } from "@tanstack/react-router";
import type { Verdict } from "@/api/types";
import { Digest } from "@/components/Copy";
import { Section } from "@/components/Page";
import { useWords } from "@/i18n/useWords";
import styles from "@/verdicts/Verdicts.module.css";

/** The judges that a gate rested on, and how each stood against people. */
export function JudgesOfVerdict({ judges }: { judges: NonNullable<Verdict["judges"]> }) {
  const { t } = useWords();
  return (
    <Section title={t("calibration.judges")}>
      <dl className={styles.facts}>
        {judges.map((judge) => (
          <Judge key={judge.metric} judge={judge} />
        ))}
      </dl>
    </Section>
  );
}

function Judge({ judge }: { judge: NonNullable<Verdict["judges"]>[number] }) {
  const { t } = useWords();
  const standing = t(`calibration.standing.${judge.standing}`);
  return (
    <>
      <dt>{judge.metric}</dt>
      <dd>
        {judge.standing === "elsewhere" ? (
          <span className="dim">{standing}</span>
        ) : (
          <Link
            className="link"
            to="/evaluators/$name/calibration"
            params={{ name: judge.metric }}
            search={{ calibration: judge.calibration ?? undefined }}
          >
            {standing}
          </Link>
        )}
        {judge.version && <Digest value={judge.version} />}
      </dd>
    </>
  );
}
