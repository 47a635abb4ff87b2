import "./texts";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useMemo } from "react";
import { type Graph, type GraphDifference, graphDifferenceQuery, graphQuery } from "@/api/graph";
import { Page } from "@/components/Page";
import { EmptyState, Loaded, SkeletonRows } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import { DifferenceTable } from "./DifferenceTable";
import { EdgeTable } from "./EdgeTable";
import styles from "./Graph.module.css";
import type { Chosen } from "./GraphCanvas";
import { GraphControls } from "./GraphControls";
import { drawDifference, drawGraph } from "./model";
import { Patterns } from "./Patterns";
import { ScopeLine } from "./ScopeLine";
import { DifferencePanel, StepPanel } from "./StepPanel";

const GraphCanvas = lazy(() => import("./GraphCanvas").then((module) => ({ default: module.GraphCanvas })));

/** What is chosen, as the URL holds it. */
function useChosen(): [Chosen, (chosen: Chosen) => void] {
  const navigate = useNavigate({ from: "/graph" });
  const { step, source, target } = useSearch({ from: "/graph" });
  const chosen = useMemo<Chosen>(
    () => (source && target ? { source, target } : step ? { step } : undefined),
    [step, source, target],
  );
  const choose = useCallback(
    (next: Chosen) =>
      void navigate({
        search: ({ step: _step, source: _source, target: _target, ...kept }) => ({ ...kept, ...next }),
        replace: true,
      }),
    [navigate],
  );
  return [chosen, choose];
}

export function GraphPage() {
  const { t } = useWords();
  const { against } = useSearch({ from: "/graph" });
  return (
    <Page fill title={t("nav.graph")}>
      <GraphControls />
      {against ? <Difference against={against} /> : <OneGraph />}
    </Page>
  );
}

function OneGraph() {
  const { release, environment, since } = useSearch({ from: "/graph" });
  const query = useQuery(graphQuery({ release, environment, since }));
  return (
    <Loaded query={query} rows={12}>
      {(graph) => <GraphBody graph={graph} stale={query.isPlaceholderData} />}
    </Loaded>
  );
}

function GraphBody({ graph, stale }: { graph: Graph; stale: boolean }) {
  const { t, format } = useWords();
  const [chosen, choose] = useChosen();
  const drawing = useMemo(() => drawGraph(graph, format), [graph, format]);
  if (graph.edges.length === 0) return <NoGraph />;
  return (
    <div className={styles.body}>
      <div className={styles.scroll} data-stale={stale || undefined}>
        <ScopeLine scope={graph.scope} />
        <Suspense fallback={<SkeletonRows />}>
          <GraphCanvas drawing={drawing} label={t("graph.label")} chosen={chosen} onChoose={choose} />
        </Suspense>
        <EdgeTable edges={graph.edges} onChoose={choose} />
        <Patterns graph={graph} />
      </div>
      {chosen && (
        <div className={styles.side}>
          <StepPanel graph={graph} chosen={chosen} onChoose={choose} />
        </div>
      )}
    </div>
  );
}

function Difference({ against }: { against: string }) {
  const { t } = useWords();
  const { release, environment, since } = useSearch({ from: "/graph" });
  const query = useQuery({
    ...graphDifferenceQuery(against, release ?? "", { environment, since }),
    enabled: Boolean(release),
  });
  if (!release) {
    return <EmptyState icon="compare" title={t("graph.choose")} text={t("graph.choose.text")} />;
  }
  return (
    <Loaded query={query} rows={12}>
      {(difference) => <DifferenceBody difference={difference} stale={query.isPlaceholderData} />}
    </Loaded>
  );
}

function DifferenceBody({ difference, stale }: { difference: GraphDifference; stale: boolean }) {
  const { t, format } = useWords();
  const [chosen, choose] = useChosen();
  const drawing = useMemo(() => drawDifference(difference, format), [difference, format]);
  if (difference.edges.length === 0) return <NoGraph />;
  return (
    <div className={styles.body}>
      <div className={styles.scroll} data-stale={stale || undefined}>
        <ScopeLine scope={difference.base} name={t("graph.base")} />
        <ScopeLine scope={difference.candidate} name={t("graph.candidate")} />
        <Suspense fallback={<SkeletonRows />}>
          <GraphCanvas drawing={drawing} label={t("graph.label")} chosen={chosen} onChoose={choose} />
        </Suspense>
        <DifferenceTable edges={difference.edges} onChoose={choose} />
      </div>
      {chosen && (
        <div className={styles.side}>
          <DifferencePanel difference={difference} chosen={chosen} onChoose={choose} />
        </div>
      )}
    </div>
  );
}

function NoGraph() {
  const { t } = useWords();
  return (
    <EmptyState
      icon="graph"
      title={t("graph.empty")}
      text={t("graph.empty.text")}
      command={`OTEL_EXPORTER_OTLP_ENDPOINT=${window.location.origin} python agent.py`}
    />
  );
}
