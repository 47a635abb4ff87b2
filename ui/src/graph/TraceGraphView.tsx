import "./texts";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { type TraceGraph, traceGraphQuery } from "@/api/graph";
import { Section } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { Scrolling } from "@/components/Scrolling";
import { EmptyState, Loaded, SkeletonRows } from "@/components/States";
import table from "@/components/table.module.css";
import { Cost } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import { edgeOf } from "./EdgeTable";
import styles from "./Graph.module.css";
import type { Chosen } from "./GraphCanvas";
import { nameOf } from "./kinds";
import { drawTrace } from "./model";
import { ShowMore, useMore } from "./ShowMore";

const GraphCanvas = lazy(() => import("./GraphCanvas").then((module) => ({ default: module.GraphCanvas })));

interface Props {
  traceId: string;
  /** Shows a span on the timeline. */
  onSpan: (id: string) => void;
}

/** Who called whom in one trace. */
export function TraceGraphView({ traceId, onSpan }: Props) {
  const query = useQuery(traceGraphQuery(traceId));
  return <Loaded query={query}>{(graph) => <Body graph={graph} onSpan={onSpan} />}</Loaded>;
}

function Body({ graph, onSpan }: { graph: TraceGraph; onSpan: (id: string) => void }) {
  const { t, format } = useWords();
  const [chosen, choose] = useState<Chosen>();
  const drawing = useMemo(() => drawTrace(graph, format), [graph, format]);
  if (graph.nodes.length === 0) {
    return <EmptyState icon="graph" title={t("graph.trace.empty")} text={t("graph.trace.empty.text")} />;
  }
  return (
    <div className={styles.body}>
      <div className={styles.scroll}>
        {graph.shortened && <p className={styles.summary}>{t("graph.trace.shortened")}</p>}
        <Suspense fallback={<SkeletonRows />}>
          <GraphCanvas drawing={drawing} label={t("graph.trace.label")} chosen={chosen} onChoose={choose} />
        </Suspense>
        <TraceEdges graph={graph} onChoose={choose} />
      </div>
      {chosen && (
        <div className={styles.side}>
          <TraceStepPanel graph={graph} chosen={chosen} onChoose={choose} onSpan={onSpan} />
        </div>
      )}
    </div>
  );
}

function TraceEdges({ graph, onChoose }: { graph: TraceGraph; onChoose: (chosen: Chosen) => void }) {
  const words = useWords();
  const { t, format } = words;
  const { shown, more, showAll } = useMore(graph.edges);
  return (
    <Section title={t("graph.edges")} flush>
      <Scrolling label={t("graph.edges")}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">{t("graph.edge_kind")}</th>
              <th scope="col">{t("graph.from")}</th>
              <th scope="col">{t("graph.to")}</th>
              <th scope="col" className={table.right}>
                {t("graph.count")}
              </th>
              <th scope="col" className={table.right}>
                {t("graph.failed")}
              </th>
              <th scope="col" className={table.right}>
                {t("graph.duration")}
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((edge) => (
              <tr key={`${edge.source}\n${edge.target}\n${edge.kind}`}>
                <td>{t(`graph.edge_kind.${edge.kind}`)}</td>
                <td>{nameOf(edge.source, words)}</td>
                <td>
                  <button type="button" className={styles.edgeButton} onClick={() => onChoose(edgeOf(edge))}>
                    {nameOf(edge.target, words)}
                  </button>
                </td>
                <td className={`${table.right} num`}>{format.integer(edge.count)}</td>
                <td className={`${table.right} num`}>{format.integer(edge.failures)}</td>
                <td className={`${table.right} num`}>{format.duration(edge.duration_s)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolling>
      <ShowMore more={more} onShow={showAll} />
    </Section>
  );
}

interface PanelProps {
  graph: TraceGraph;
  chosen: NonNullable<Chosen>;
  onChoose: (chosen: Chosen) => void;
  onSpan: (id: string) => void;
}

/** A step of the trace, of an edge the second one, and its spans. */
function TraceStepPanel({ graph, chosen, onChoose, onSpan }: PanelProps) {
  const words = useWords();
  const { t, format } = words;
  const id = "step" in chosen ? chosen.step : chosen.target;
  const node = graph.nodes.find((each) => each.id === id);
  if (!node) return null;
  const failed = new Set(graph.steps.filter((step) => step.failed).map((step) => step.span_id));
  return (
    <Panel
      label={nameOf(id, words)}
      title={<b className="clip">{nameOf(id, words)}</b>}
      onClose={() => onChoose(undefined)}
    >
      <dl className={styles.figures}>
        <dt>{t("graph.count")}</dt>
        <dd className="num">{format.integer(node.count)}</dd>
        <dt>{t("graph.failed")}</dt>
        <dd className="num">{format.integer(node.failures)}</dd>
        <dt>{t("graph.duration")}</dt>
        <dd className="num">{format.duration(node.duration_s)}</dd>
        <dt>{t("graph.cost")}</dt>
        <dd>
          <Cost value={node.cost_usd} />
        </dd>
      </dl>
      <div className={styles.block}>
        <h3>{t("graph.spans")}</h3>
        <ul>
          {node.span_ids.map((span, place) => (
            <li key={span}>
              <button type="button" onClick={() => onSpan(span)}>
                {t("graph.span", { n: place + 1 })}
              </button>{" "}
              {failed.has(span) && <span className={styles.failing}>{t("graph.failed.one")}</span>}
            </li>
          ))}
        </ul>
      </div>
    </Panel>
  );
}
