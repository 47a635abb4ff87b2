import { Link } from "@tanstack/react-router";
import type { Activity } from "@/api/types";
import { Cost, Missing, Tokens, When } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import styles from "./Sessions.module.css";

/** Whether rows are conversations or persons: the two lists differ in one column and in where they lead. */
export type ActivityKind = "session" | "user";

export function ActivityHead({ kind }: { kind: ActivityKind }) {
  const { t } = useWords();
  return (
    <div className={`${styles.row} ${styles.head}`}>
      <span>{t(kind === "session" ? "sessions.id" : "users.id")}</span>
      <span>{t("sessions.first_words")}</span>
      <span className={styles.number}>{t("sessions.active")}</span>
      <span className={styles.number}>{t("sessions.traces")}</span>
      <span className={styles.number}>{t("sessions.failed")}</span>
      <span className={styles.number}>{t("traces.tokens")}</span>
      <span className={styles.number}>{t("traces.cost")}</span>
      <span className={kind === "user" ? styles.number : undefined}>
        {t(kind === "session" ? "sessions.user" : "sessions.sessions")}
      </span>
      <span>{t("sessions.release")}</span>
    </div>
  );
}

export function ActivityRow({ kind, activity }: { kind: ActivityKind; activity: Activity }) {
  const { t, format } = useWords();
  const { id, failed } = activity;
  const content = (
    <>
      <span className={`${kind === "session" ? "mono" : ""} clip`} data-tip={id}>
        {id}
      </span>
      <span className="clip dim">{activity.input || <Missing reason={t("missing.said")} />}</span>
      <span className={`${styles.number} dim`}>
        <When time={activity.last} />
      </span>
      <span className={`${styles.number} num`}>{format.integer(activity.traces)}</span>
      <span
        className={`${styles.number} num ${failed ? styles.bad : "faint"}`}
        data-tip={t("sessions.failed.tip", { n: failed })}
      >
        {format.integer(failed)}
      </span>
      <span className={styles.number}>
        <Tokens input={activity.input_tokens} output={activity.output_tokens} />
      </span>
      <span className={styles.number}>
        <Cost value={activity.cost_usd} />
      </span>
      {kind === "user" ? (
        <span className={`${styles.number} num`}>{format.integer(activity.sessions)}</span>
      ) : (
        <span className="clip">{activity.user || <Missing reason={t("missing.user")} />}</span>
      )}
      <span className="clip dim">{activity.release_name || <Missing reason={t("missing.release")} />}</span>
    </>
  );
  return kind === "session" ? (
    <Link to="/sessions/$sessionId" params={{ sessionId: id }} className={styles.row}>
      {content}
    </Link>
  ) : (
    <Link to="/users/$userId" params={{ userId: id }} className={styles.row}>
      {content}
    </Link>
  );
}
