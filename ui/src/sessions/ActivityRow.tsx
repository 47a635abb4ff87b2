import { Link } from "@tanstack/react-router";
import type { Activity } from "@/api/types";
import list from "@/components/ListRow.module.css";
import { Cost, Missing, Tokens, When } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import styles from "./Sessions.module.css";

/** Whether rows are conversations or persons: the two lists differ in one column and in where they lead. */
export type ActivityKind = "session" | "user";

export function ActivityHead({ kind }: { kind: ActivityKind }) {
  const { t } = useWords();
  return (
    <div className={`${list.row} ${styles.row} ${list.head}`}>
      <span>{t(kind === "session" ? "sessions.id" : "users.id")}</span>
      <span>{t("sessions.first_words")}</span>
      <span className={list.number}>{t("sessions.active")}</span>
      <span className={list.number}>{t("sessions.traces")}</span>
      <span className={list.number}>{t("sessions.failed")}</span>
      <span className={list.number}>{t("traces.tokens")}</span>
      <span className={list.number}>{t("traces.cost")}</span>
      <span className={kind === "user" ? list.number : undefined}>
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
      <span className={`${list.number} dim`}>
        <When time={activity.last} />
      </span>
      <span className={`${list.number} num`}>{format.integer(activity.traces)}</span>
      <span
        className={`${list.number} num ${failed ? list.failed : "faint"}`}
        data-tip={t("sessions.failed.tip", { n: failed })}
      >
        {format.integer(failed)}
      </span>
      <span className={list.number}>
        <Tokens input={activity.input_tokens} output={activity.output_tokens} />
      </span>
      <span className={list.number}>
        <Cost value={activity.cost_usd} />
      </span>
      {kind === "user" ? (
        <span className={`${list.number} num`}>{format.integer(activity.sessions)}</span>
      ) : (
        <span className="clip">{activity.user || <Missing reason={t("missing.user")} />}</span>
      )}
      <span className="clip dim">{activity.release_name || <Missing reason={t("missing.release")} />}</span>
    </>
  );
  return kind === "session" ? (
    <Link to="/sessions/$sessionId" params={{ sessionId: id }} className={`${list.row} ${styles.row}`}>
      {content}
    </Link>
  ) : (
    <Link to="/users/$userId" params={{ userId: id }} className={`${list.row} ${styles.row}`}>
      {content}
    </Link>
  );
}
