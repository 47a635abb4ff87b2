import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import { Icon } from "@/components/Icon";
import { useWords } from "@/i18n/useWords";
import { ChangeMark } from "./ChangeMark";
import styles from "./Graph.module.css";
import { nameOf } from "./kinds";
import { type Point, pathOf } from "./layout";
import type { DrawnEdge } from "./model";

export type StepLineType = Edge<
  {
    edge: DrawnEdge;
    /** Of the most frequent edge: the widest. */
    share: number;
    points: Point[];
    label: Point;
    chosen: boolean;
    onChoose: () => void;
  },
  "line"
>;

const ARROW = 7;
const THINNEST = 1;
const WIDEST = 6;

export function StepLine({ id, data }: EdgeProps<StepLineType>) {
  const words = useWords();
  if (!data) return null;
  const { edge, points, label, share, chosen, onChoose } = data;
  const { t, format } = words;
  const ends = { source: nameOf(edge.source, words), target: nameOf(edge.target, words) };
  return (
    <g
      className={styles.line}
      data-change={edge.change}
      data-kind={edge.kind}
      data-failing={edge.failing ? true : undefined}
      data-chosen={chosen || undefined}
    >
      <BaseEdge
        id={id}
        path={pathOf(points)}
        style={{ strokeWidth: THINNEST + (WIDEST - THINNEST) * Math.sqrt(share) }}
        interactionWidth={16}
      />
      <path className={styles.arrow} d={arrowAt(points)} />
      <EdgeLabelRenderer>
        <button
          type="button"
          className={`${styles.label} nodrag nopan`}
          data-change={edge.change}
          data-chosen={chosen || undefined}
          style={{ transform: `translate(-50%, -50%) translate(${label.x}px, ${label.y}px)` }}
          onClick={onChoose}
          aria-label={`${t("graph.edge", ends)}: ${edge.label}`}
        >
          {edge.change && <ChangeMark change={edge.change} />}
          <span className="num">{edge.label}</span>
          {edge.failing ? (
            <span className={styles.failing}>
              <Icon name="warning" size={11} />
              {format.percent(edge.failing, 0)}
            </span>
          ) : null}
        </button>
      </EdgeLabelRenderer>
    </g>
  );
}

/** The head of the arrow, turned as the line arrives. */
function arrowAt(points: Point[]): string {
  const tip = points.at(-1);
  const before = points.at(-2);
  if (!tip || !before) return "";
  const turn = Math.atan2(tip.y - before.y, tip.x - before.x);
  const corner = (angle: number) =>
    `${tip.x - ARROW * Math.cos(turn + angle)},${tip.y - ARROW * Math.sin(turn + angle)}`;
  return `M${corner(0.45)}L${tip.x},${tip.y}L${corner(-0.45)}Z`;
}
