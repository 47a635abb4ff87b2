import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { Icon } from "@/components/Icon";
import { useWords } from "@/i18n/useWords";
import { ChangeMark } from "./ChangeMark";
import styles from "./Graph.module.css";
import { ICONS } from "./kinds";
import type { DrawnNode } from "./model";

export type StepNodeType = Node<{ step: DrawnNode; chosen: boolean; onChoose: () => void }, "step">;

export function StepNode({ data: { step, chosen, onChoose } }: NodeProps<StepNodeType>) {
  const { t, format } = useWords();
  const kind = t(`graph.kind.${step.kind}`);
  const name = step.folded ? t("graph.others", { n: step.folded }) : step.name;
  return (
    <>
      <Handle type="target" position={Position.Left} className={styles.handle} isConnectable={false} />
      <button
        type="button"
        className={`${styles.node} nodrag nopan`}
        data-kind={step.kind}
        data-change={step.change}
        data-chosen={chosen || undefined}
        disabled={step.folded !== undefined}
        onClick={onChoose}
      >
        <Icon name={ICONS[step.kind]} />
        <span className={styles.nodeText}>
          <span className={styles.nodeKind}>
            {step.change && <ChangeMark change={step.change} />}
            {name ? kind : null}
            {step.count > 0 && <span className="num"> {format.compact(step.count)}</span>}
            {step.failing ? (
              <span className={styles.failing}>
                <Icon name="warning" size={11} />
                {t("graph.failing", { share: format.percent(step.failing, 0) })}
              </span>
            ) : null}
          </span>
          <span className="clip">{name || kind}</span>
        </span>
      </button>
      <Handle type="source" position={Position.Right} className={styles.handle} isConnectable={false} />
    </>
  );
}
