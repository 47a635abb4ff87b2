import "./judgingTexts";
import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { arenaQuery, leaderboardQuery } from "@/api/arenas";
import { cancelJudging, isJudging, type Judging, judgingsQuery } from "@/api/judgings";
import { useMay } from "@/api/session";
import { RunStateBadge } from "@/components/Marks";
import { Section } from "@/components/Page";
import { Problem } from "@/components/Problem";
import { When } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import styles from "./Judging.module.css";

/** What judges did in an arena and what they are at. Loaded after the page. */
export function Judgings({ arena }: { arena: string }) {
  const { t } = useWords();
  const client = useQueryClient();
  const judgings = useQuery(judgingsQuery(arena)).data?.items ?? [];
  const done = judgings.reduce((sum, { judged, missing }) => sum + judged + missing, 0);
  const ended = judgings.filter((each) => !isJudging(each)).length;

  // Verdicts that came in move the boards.
  // biome-ignore lint/correctness/useExhaustiveDependencies: asks again when there are more
  useEffect(() => {
    if (judgings.length === 0) return;
    for (const query of [arenaQuery(arena), leaderboardQuery(arena)]) {
      void client.invalidateQueries({ queryKey: query.queryKey });
    }
  }, [done, ended]);

  if (judgings.length === 0) return null;
  return (
    <Section title={t("judging.title")} flush>
      <ul className={styles.list}>
        {judgings.map((judging) => (
          <li key={judging.id}>
            <JudgingView judging={judging} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function JudgingView({ judging }: { judging: Judging }) {
  const { t } = useWords();
  const { judge, judged, missing, battles } = judging;
  const done = judged + missing;
  return (
    <>
      <div className={styles.line}>
        <RunStateBadge state={judging.state} />
        <b>
          {judge.evaluator}@{judge.number}
        </b>
        <span className="num">{t("judging.decided", { done: judged, battles })}</span>
        {missing > 0 && (
          <span className={`${styles.missing} num`}>{t("judging.missing", { n: missing })}</span>
        )}
        <Calls judging={judging} />
        <span className="faint">
          {judging.by} · <When time={judging.created} />
        </span>
        {isJudging(judging) && <Cancel judging={judging} />}
      </div>
      {isJudging(judging) && (
        <div
          className={styles.bar}
          role="progressbar"
          aria-label={`${judge.evaluator}@${judge.number}`}
          aria-valuenow={done}
          aria-valuemin={0}
          aria-valuemax={battles}
        >
          <span style={{ width: `${battles ? (100 * done) / battles : 0}%` }} />
        </div>
      )}
      {judging.error && <p className={styles.error}>{judging.error}</p>}
    </>
  );
}

function Calls({ judging: { calls } }: { judging: Judging }) {
  const { t, format } = useWords();
  const parts = [
    t("judging.calls", { n: calls.answered }),
    calls.cached > 0 && t("judging.kept", { n: calls.cached }),
    calls.answered > 0 && t("judging.tokens", { n: calls.input_tokens + calls.output_tokens }),
    calls.spent_usd > 0 && format.cost(calls.spent_usd),
  ].filter(Boolean);
  return <span className="dim num">{parts.join(" · ")}</span>;
}

function Cancel({ judging }: { judging: Judging }) {
  const { t } = useWords();
  const client = useQueryClient();
  const mayEdit = useMay("editor");
  const cancel = useMutation({
    mutationFn: () => cancelJudging(judging.arena, judging.id),
    onSettled: () => void client.invalidateQueries({ queryKey: judgingsQuery(judging.arena).queryKey }),
  });
  if (!mayEdit) return null;
  return (
    <>
      <Button variant="default" size="compact-sm" loading={cancel.isPending} onClick={() => cancel.mutate()}>
        {t("judging.stop")}
      </Button>
      <Problem error={cancel.error} />
    </>
  );
}
