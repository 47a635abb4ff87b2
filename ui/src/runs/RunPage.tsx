import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { runQuery, verdictsQuery } from "@/api/queries";
import type { Run } from "@/api/types";
import { DatasetName } from "@/components/DatasetName";
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

const RunActions = lazy(() => import("./RunActions").then((module) => ({ default: module.RunActions })));
const RunTarget = lazy(() => import("./RunTarget").then((module) => ({ default: module.RunTarget })));
const RunAgents = lazy(() => import("./RunAgents").then((module) => ({ default: module.RunAgents })));
const RunSlices = lazy(() => import("./RunSlices").then((module) => ({ default: module.RunSlices })));
const LiveGate = lazy(() => import("@/sequential/LiveGate").then((module) => ({ default: module.LiveGate })));
const RunCalls = lazy(() => import("./RunCalls").then((module) => ({ default: module.RunCalls })));

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
              <DatasetName name={run.dataset.name} number={run.dataset.number} />
            </h1>
            <Progress run={run} />
          </>
        )
      }
      actions={
        run && (
          <Suspense fallback={null}>
            <RunActions run={run} />
          </Suspense>
        )
      }
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
          <Suspense fallback={null}>
            {isAsked(run) && <RunTarget run={run} />}
            <RunCalls run={run} />
          </Suspense>
          {verdict && (
            <Link to="/verdicts/$verdictId" params={{ verdictId: verdict.id }} data-tip={verdict.sentence}>
              <OutcomeBadge outcome={verdict.outcome} filled />
            </Link>
          )}
        </div>
        {run.error && (
          <p className={styles.problem} data-state={run.state} role="alert">
            {run.error}
          </p>
        )}
        {typeof run.settings.gate === "string" && (
          <Suspense fallback={null}>
            <LiveGate id={run.settings.gate} run={run} />
          </Suspense>
        )}
        <MetricCards run={run.id} metrics={run.metrics} items={run.finished_items} />
        <Suspense fallback={null}>
          <RunSlices run={run} />
          <RunAgents run={run} />
        </Suspense>
      </Samples>
    </div>
  );
}

/** The tool that made an imported run. */
function toolOf(run: Run): string | undefined {
  const source = run.settings.source;
  return source && typeof source === "object" && "tool" in source ? String(source.tool) : undefined;
}

/** Whether it asked an agent by URL, or replayed recordings. */
function isAsked(run: Run): boolean {
  return Boolean(run.settings.target ?? run.settings.replay ?? run.settings.tools);
}
