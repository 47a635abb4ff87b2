import { Button } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { api, unwrap } from "@/api/client";
import { isActive, runQuery, runsQuery, verdictsQuery } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Run } from "@/api/types";
import { OutcomeBadge } from "@/components/Marks";
import { Page } from "@/components/Page";
import { ReleaseName } from "@/components/ReleaseName";
import { Loaded } from "@/components/States";
import { Missing, When } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import { MetricCards } from "./MetricCards";
import { Progress, samplesOf } from "./Progress";
import styles from "./Runs.module.css";
import { Samples } from "./Samples";
import "./repeatsTexts";

const CompareMenu = lazy(() => import("./CompareMenu").then((module) => ({ default: module.CompareMenu })));

export function RunPage() {
  const { t } = useWords();
  const { runId } = useParams({ from: "/runs/$runId" });
  const query = useQuery(runQuery(runId));
  const run = query.data;
  return (
    <Page
      fill
      title={
        run
          ? t("run.title", {
              release: `${run.release.name}@${run.release.number}`,
              dataset: run.dataset.name,
            })
          : t("nav.runs")
      }
      trail={<Link to="/runs">{t("nav.runs")}</Link>}
      heading={
        run && (
          <>
            <h1 className="clip">
              <ReleaseName name={run.release.name} number={run.release.number} />
              <span className="faint"> {t("run.on")} </span>
              {run.dataset.name}
              <span className="faint num">@{run.dataset.number}</span>
            </h1>
            <Progress run={run} />
          </>
        )
      }
      actions={run && <RunActions run={run} />}
    >
      <Loaded query={query}>{(loaded) => <RunBody run={loaded} />}</Loaded>
    </Page>
  );
}

function RunBody({ run }: { run: Run }) {
  const { t, format } = useWords();
  const took =
    run.started && run.finished ? (Date.parse(run.finished) - Date.parse(run.started)) / 1000 : null;
  const tool = toolOf(run);
  const verdict = useQuery(verdictsQuery(run.release.digest)).data?.items.find(
    (candidate) => candidate.candidate.run === run.id,
  );
  return (
    <div className={styles.page}>
      <Samples run={run}>
        <div className={styles.facts}>
          <span>
            {t("runs.started")}
            <b>
              <When time={run.started ?? run.created} />
            </b>
          </span>
          <span>
            {t("run.took")}
            <b className="num">
              {took === null ? <Missing reason={t("missing.unfinished")} /> : format.duration(took)}
            </b>
          </span>
          <span>
            {t(run.repeats > 1 ? "repeats.samples" : "runs.items")}
            <b className="num">
              {format.integer(run.finished_items)} / {format.integer(samplesOf(run))}
            </b>
            {run.failed_items > 0 && (
              <span className={styles.failed}> {t("runs.failed_items", { n: run.failed_items })}</span>
            )}
          </span>
          {run.repeats > 1 && (
            <span>
              {t("repeats.count")}
              <b className="num">{format.integer(run.repeats)}</b>
            </span>
          )}
          {tool ? (
            <span>
              {t("repeats.source")}
              <b>{tool}</b>
            </span>
          ) : (
            <span>
              {t("run.concurrency")}
              <b className="num">{format.integer(run.concurrency)}</b>
            </span>
          )}
          <span>
            {t("run.by")}
            <b>{run.by}</b>
          </span>
          {verdict && (
            <Link to="/verdicts/$verdictId" params={{ verdictId: verdict.id }} data-tip={verdict.sentence}>
              <OutcomeBadge outcome={verdict.outcome} filled />
            </Link>
          )}
        </div>
        {run.error && (
          <p className={styles.problem} role="alert">
            {run.error}
          </p>
        )}
        <MetricCards metrics={run.metrics} items={run.finished_items} />
      </Samples>
    </div>
  );
}

/** The tool that made an imported run. */
function toolOf(run: Run): string | undefined {
  const source = run.settings.source;
  return source && typeof source === "object" && "tool" in source ? String(source.tool) : undefined;
}

function RunActions({ run }: { run: Run }) {
  const { t } = useWords();
  const client = useQueryClient();
  const mayEdit = useMay("editor");
  const others = useInfiniteQuery(runsQuery()).data?.pages.flatMap((page) => page.items) ?? [];
  const comparable = others.filter(
    (other) => other.id !== run.id && other.dataset.digest === run.dataset.digest && other.finished_items > 0,
  );
  const cancel = useMutation({
    mutationFn: () =>
      unwrap(api.POST("/api/v1/runs/{run_id}/cancel", { params: { path: { run_id: run.id } } })),
    onSettled: () => void client.invalidateQueries({ queryKey: ["run", run.id] }),
  });
  return (
    <>
      {isActive(run.state) && mayEdit && (
        <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
          {t("run.cancel")}
        </Button>
      )}
      <Suspense fallback={null}>
        <CompareMenu run={run} others={comparable} />
      </Suspense>
    </>
  );
}
