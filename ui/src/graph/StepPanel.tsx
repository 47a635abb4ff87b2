import type { ReactNode } from "react";
import type { EdgeDifference, EdgeSide, Graph, GraphDifference, GraphEdge, GraphNode } from "@/api/graph";
import { Icon } from "@/components/Icon";
import { Panel } from "@/components/Panel";
import { Cost, NumberValue } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import { ChangeMark } from "./ChangeMark";
import { DifferenceValue } from "./DifferenceTable";
import { edgeOf } from "./EdgeTable";
import { ExampleLinks } from "./ExampleLinks";
import styles from "./Graph.module.css";
import type { Chosen } from "./GraphCanvas";
import { ICONS, nameOf } from "./kinds";
import { RateValue } from "./RateValue";

interface Props {
  chosen: NonNullable<Chosen>;
  onChoose: (chosen: Chosen) => void;
}

const joins = (edge: { source: string; target: string }, chosen: NonNullable<Chosen>) =>
  "source" in chosen && edge.source === chosen.source && edge.target === chosen.target;

/** The figures of a step or edge, what is around it, and traces that show it. */
export function StepPanel({ graph, chosen, onChoose }: Props & { graph: Graph }) {
  const { t } = useWords();
  const edge = graph.edges.find((each) => joins(each, chosen));
  const node = graph.nodes.find((each) => "step" in chosen && each.id === chosen.step);
  return (
    <ChosenPanel chosen={chosen} onChoose={onChoose} node={node}>
      {edge && <EdgeFigures edge={edge} />}
      {node && <Figures figures={node} />}
      {node && <Around edges={graph.edges} step={node.id} onChoose={onChoose} />}
      {!edge && !node && <p className={styles.sentence}>{t("graph.gone")}</p>}
    </ChosenPanel>
  );
}

function ChosenPanel({
  chosen,
  onChoose,
  node,
  children,
}: Props & { node?: Pick<GraphNode, "kind">; children: ReactNode }) {
  const words = useWords();
  const { t } = words;
  const name =
    "step" in chosen
      ? nameOf(chosen.step, words)
      : t("graph.edge", { source: nameOf(chosen.source, words), target: nameOf(chosen.target, words) });
  return (
    <Panel
      label={name}
      title={
        <>
          {node && <Icon name={ICONS[node.kind]} />}
          <b className="clip">{name}</b>
        </>
      }
      onClose={() => onChoose(undefined)}
    >
      {children}
    </Panel>
  );
}

function EdgeFigures({ edge }: { edge: GraphEdge }) {
  const words = useWords();
  const { t, format } = words;
  return (
    <>
      <p className={styles.sentence}>
        {t("graph.edge.sentence", {
          source: nameOf(edge.source, words),
          target: nameOf(edge.target, words),
          share: format.percent(edge.probability.rate),
        })}{" "}
        <span className="faint num">
          {t("graph.rate", {
            low: format.percent(edge.probability.low, 0),
            high: format.percent(edge.probability.high, 0),
            n: edge.probability.n,
          })}
        </span>
      </p>
      <Figures figures={edge}>
        <dt>{t("graph.gap")}</dt>
        <dd>
          <NumberValue value={edge.gap_p50_s} missing={t("graph.no_time")} show={format.duration} />
        </dd>
      </Figures>
    </>
  );
}

function Figures({ figures, children }: { figures: GraphNode | GraphEdge; children?: ReactNode }) {
  const { t, format } = useWords();
  return (
    <>
      <dl className={styles.figures}>
        <dt>{t("graph.count")}</dt>
        <dd className="num">{format.integer(figures.count)}</dd>
        <dt>{t("graph.traces")}</dt>
        <dd className="num">{format.integer(figures.traces)}</dd>
        <dt>{t("graph.failures")}</dt>
        <dd>
          <RateValue full rate={figures.failures} missing={t("graph.cannot_fail")} />
        </dd>
        <dt>{t("graph.p50")}</dt>
        <dd>
          <NumberValue value={figures.duration_p50_s} missing={t("graph.no_time")} show={format.duration} />
        </dd>
        <dt>{t("graph.p95")}</dt>
        <dd>
          <NumberValue value={figures.duration_p95_s} missing={t("graph.no_time")} show={format.duration} />
        </dd>
        {children}
        <dt>{t("graph.cost")}</dt>
        <dd>
          <Cost value={figures.cost_usd} />
        </dd>
      </dl>
      {figures.examples.length > 0 && (
        <Block title={figures.failures?.rate ? t("graph.examples.failed") : t("graph.examples")}>
          <ExampleLinks ids={figures.examples} />
        </Block>
      )}
    </>
  );
}

interface AroundProps {
  edges: { source: string; target: string }[];
  step: string;
  onChoose: (chosen: Chosen) => void;
}

/** What comes before a step and after it. */
function Around({ edges, step, onChoose }: AroundProps) {
  const words = useWords();
  const { t } = words;
  const list = (title: string, found: AroundProps["edges"], end: "source" | "target") =>
    found.length > 0 && (
      <Block title={title}>
        <ul>
          {found.map((edge) => (
            <li key={edge[end]}>
              <button type="button" onClick={() => onChoose(edgeOf(edge))}>
                {nameOf(edge[end], words)}
              </button>
            </li>
          ))}
        </ul>
      </Block>
    );
  return (
    <>
      {list(
        t("graph.before"),
        edges.filter((edge) => edge.target === step),
        "source",
      )}
      {list(
        t("graph.after"),
        edges.filter((edge) => edge.source === step),
        "target",
      )}
    </>
  );
}

export function DifferencePanel({ difference, chosen, onChoose }: Props & { difference: GraphDifference }) {
  const { t } = useWords();
  const edge = difference.edges.find((each) => joins(each, chosen));
  const node = difference.nodes.find((each) => "step" in chosen && each.id === chosen.step);
  return (
    <ChosenPanel chosen={chosen} onChoose={onChoose} node={node}>
      {edge && <EdgeChange edge={edge} />}
      {node && (
        <>
          <dl className={styles.figures}>
            <dt>{t("graph.base")}</dt>
            <dd className="num">{node.base_count}</dd>
            <dt>{t("graph.candidate")}</dt>
            <dd className="num">{node.candidate_count}</dd>
          </dl>
          <Around edges={difference.edges} step={node.id} onChoose={onChoose} />
        </>
      )}
      {!edge && !node && <p className={styles.sentence}>{t("graph.gone")}</p>}
    </ChosenPanel>
  );
}

function EdgeChange({ edge }: { edge: EdgeDifference }) {
  const { t, format } = useWords();
  return (
    <>
      <p className={styles.change}>
        <ChangeMark change={edge.change} />
        <span>{t(`graph.change.${edge.change}`)}</span>
        <DifferenceValue edge={edge} />
        {edge.p_adjusted !== null && (
          <span className="faint num">{t("graph.p", { p: format.p(edge.p_adjusted) })}</span>
        )}
      </p>
      <Side title={t("graph.base")} side={edge.base} />
      <Side title={t("graph.candidate")} side={edge.candidate} />
    </>
  );
}

function Side({ title, side }: { title: string; side: EdgeSide }) {
  const { t, format } = useWords();
  return (
    <>
      <dl className={styles.figures} aria-label={title}>
        <dt>
          <b>{title}</b>
        </dt>
        <dd className="num">{t("graph.times", { n: side.count })}</dd>
        <dt>{t("graph.share")}</dt>
        <dd>
          <RateValue full rate={side.probability} missing={t("graph.never_left")} />
        </dd>
        <dt>{t("graph.failures")}</dt>
        <dd>
          <RateValue full rate={side.failures} missing={t("graph.cannot_fail")} />
        </dd>
        <dt>{t("graph.p50")}</dt>
        <dd>
          <NumberValue value={side.duration_p50_s} missing={t("graph.no_time")} show={format.duration} />
        </dd>
        <dt>{t("graph.cost")}</dt>
        <dd>
          <Cost value={side.cost_usd} />
        </dd>
      </dl>
      {side.examples.length > 0 && (
        <Block title={t("graph.examples")}>
          <ExampleLinks ids={side.examples} />
        </Block>
      )}
    </>
  );
}

function Block({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className={styles.block}>
      <h3>{title}</h3>
      {children}
    </div>
  );
}
