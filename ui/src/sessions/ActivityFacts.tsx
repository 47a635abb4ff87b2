import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Activity } from "@/api/types";
import { Cost, Tokens, When } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import styles from "./Sessions.module.css";

interface Props {
  activity: Activity;
  /** A session names its user; the facts of a user need not. */
  user?: boolean;
  children?: ReactNode;
}

export function ActivityFacts({ activity, user, children }: Props) {
  const { t, format } = useWords();
  return (
    <dl className={styles.facts}>
      {user && activity.user && (
        <Fact name={t("sessions.user")}>
          <Link className="quiet-link" to="/users/$userId" params={{ userId: activity.user }}>
            {activity.user}
          </Link>
        </Fact>
      )}
      <Fact name={t("sessions.active")}>
        <When time={activity.last} />
      </Fact>
      {children}
      <Fact name={t("traces.tokens")}>
        <Tokens input={activity.input_tokens} output={activity.output_tokens} />
      </Fact>
      <Fact name={t("traces.cost")}>
        <Cost value={activity.cost_usd} />
      </Fact>
      <Fact name={t("sessions.failed")}>
        <span
          className={`num ${activity.failed ? styles.bad : ""}`}
          data-tip={t("sessions.failed.tip", { n: activity.failed })}
        >
          {format.integer(activity.failed)}
        </span>
      </Fact>
      {activity.release_name && <Fact name={t("sessions.release")}>{activity.release_name}</Fact>}
      {activity.environment && <Fact name={t("trace.environment")}>{activity.environment}</Fact>}
    </dl>
  );
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="num">{children}</dd>
    </div>
  );
}
