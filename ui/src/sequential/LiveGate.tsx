import "./sequentialTexts";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api, unwrap } from "@/api/client";
import { useMay } from "@/api/session";
import type { Run } from "@/api/types";
import { useWords } from "@/i18n/useWords";
import { ResumeAction } from "@/runs/ResumeButton";
import styles from "./Sequential.module.css";
import { SequentialView } from "./SequentialView";

const liveGateQuery = (id: string) =>
  queryOptions({
    queryKey: ["live-gate", id],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/gates/live/{gate_id}", { params: { path: { gate_id: id } }, signal })),
    refetchInterval: (query) => (query.state.data?.state === "running" ? 1_500 : false),
  });

/** States in which a gate is undecided, and goes on when somebody wants it to. */
const ENDED = new Set(["stopped", "cancelled", "failed"]);

/** Loaded after the page of a run: the gate that it is evaluated for, and what that knows so far. */
export function LiveGate({ id, run }: { id: string; run: Run }) {
  const { t } = useWords();
  const mayEdit = useMay("editor");
  const gate = useQuery(liveGateQuery(id)).data;
  if (!gate) return null;
  return (
    <section className={styles.live} aria-label={t("seq.title.gate")}>
      <h2>
        {t("seq.title.gate")}
        {gate.verdict && (
          <Link className="link" to="/verdicts/$verdictId" params={{ verdictId: gate.verdict }}>
            {t("seq.verdict")}
          </Link>
        )}
        {mayEdit && ENDED.has(gate.state) && <ResumeAction run={run} gate={id} />}
      </h2>
      {gate.error && <p className={styles.problem}>{gate.error}</p>}
      {gate.state === "cancelled" && <p className={styles.problem}>{t("seq.state.cancelled")}</p>}
      {gate.progress ? (
        <SequentialView report={gate.progress} running={gate.state === "running"} />
      ) : (
        <p className="dim">{t("seq.waiting")}</p>
      )}
    </section>
  );
}
