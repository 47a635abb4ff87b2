import "@xyflow/react/dist/base.css";
import { useMantineColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { Controls, type Edge, type Node, ReactFlow, ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { useEffect, useMemo, useState } from "react";
import { ErrorState, SkeletonRows } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import styles from "./Graph.module.css";
import { Legend } from "./Legend";
import { type LayoutRequest, NODE } from "./layout";
import { type Drawing, type DrawnEdge, type DrawnNode, edgeId, foldRare } from "./model";
import { StepLine } from "./StepLine";
import { StepNode } from "./StepNode";
import { useLayout } from "./useLayout";

export type Chosen = { step: string } | { source: string; target: string } | undefined;

interface Props {
  drawing: Drawing;
  label: string;
  chosen: Chosen;
  onChoose: (chosen: Chosen) => void;
}

const NODE_TYPES = { step: StepNode };
const EDGE_TYPES = { line: StepLine };
const NARROW = 720;

/** Drawn only when it is looked at: it brings the canvas and its layout along. */
export function GraphCanvas(props: Props) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

function Canvas({ drawing, label, chosen, onChoose }: Props) {
  const { t } = useWords();
  const { colorScheme } = useMantineColorScheme();
  const { ref, width } = useElementSize();
  const [whole, setWhole] = useState(false);
  const shown = useMemo(() => (whole ? drawing : foldRare(drawing)), [drawing, whole]);
  const direction = width < NARROW ? "TB" : "LR";
  const request = useMemo((): LayoutRequest => requestOf(shown, direction), [shown, direction]);
  const { laid, failed } = useLayout(request);
  const nodes = useMemo(
    () => (laid ? nodesOf(shown, laid.layout, chosen, onChoose) : []),
    [shown, laid, chosen, onChoose],
  );
  const edges = useMemo(
    () => (laid ? edgesOf(shown, laid.layout, chosen, onChoose) : []),
    [shown, laid, chosen, onChoose],
  );
  const flow = useReactFlow();

  // biome-ignore lint/correctness/useExhaustiveDependencies: the view follows the layout, not the choice
  useEffect(() => {
    if (laid && width) void flow.fitView({ padding: 0.06, maxZoom: 1, minZoom: 0.1 });
  }, [laid, width > 0, flow]);

  return (
    <section className={styles.canvas} aria-label={label} ref={ref}>
      {failed ? (
        <ErrorState error={new Error(t("graph.layout_failed"))} />
      ) : !laid ? (
        <SkeletonRows rows={4} />
      ) : (
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          colorMode={colorScheme === "auto" ? "system" : colorScheme}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          preventScrolling={false}
          zoomOnScroll={false}
          minZoom={0.1}
          maxZoom={1.6}
          proOptions={{ hideAttribution: true }}
          onEdgeClick={(_, { source, target }) => onChoose({ source, target })}
          onPaneClick={() => onChoose(undefined)}
          ariaLabelConfig={{
            "controls.ariaLabel": t("graph.controls"),
            "controls.zoomIn.ariaLabel": t("graph.zoom_in"),
            "controls.zoomOut.ariaLabel": t("graph.zoom_out"),
            "controls.fitView.ariaLabel": t("graph.fit"),
          }}
        >
          <Controls showInteractive={false} fitViewOptions={{ padding: 0.06, maxZoom: 1 }} />
        </ReactFlow>
      )}
      <Legend drawing={shown} />
      {shown !== drawing && (
        <p className={styles.folded}>
          {t("graph.folded", { n: drawing.nodes.length })}{" "}
          <button type="button" className="link" onClick={() => setWhole(true)}>
            {t("graph.unfold")}
          </button>
        </p>
      )}
    </section>
  );
}

function requestOf({ nodes, edges }: Drawing, direction: "LR" | "TB"): LayoutRequest {
  return {
    nodes: nodes.map((node) => node.id),
    edges: edges.map((edge) => ({
      id: edgeId(edge),
      source: edge.source,
      target: edge.target,
      label: edge.label + (edge.failing || edge.change ? "      " : ""),
    })),
    direction,
  };
}

type Place = Pick<NonNullable<ReturnType<typeof useLayout>["laid"]>["layout"], "nodes" | "edges">;

export type StepNodeType = Node<{ step: DrawnNode; chosen: boolean; onChoose: () => void }, "step">;
export type StepLineType = Edge<
  {
    edge: DrawnEdge;
    /** Of the most frequent edge: the widest. */
    share: number;
    points: { x: number; y: number }[];
    label: { x: number; y: number };
    chosen: boolean;
    onChoose: () => void;
  },
  "line"
>;

function nodesOf(
  { nodes }: Drawing,
  layout: Place,
  chosen: Chosen,
  onChoose: (chosen: Chosen) => void,
): StepNodeType[] {
  return nodes.flatMap((step) => {
    const position = layout.nodes[step.id];
    if (!position) return [];
    return {
      id: step.id,
      type: "step",
      position,
      ...NODE,
      data: {
        step,
        chosen: chosen !== undefined && "step" in chosen && chosen.step === step.id,
        onChoose: () => onChoose({ step: step.id }),
      },
    };
  });
}

function edgesOf(
  { edges }: Drawing,
  layout: Place,
  chosen: Chosen,
  onChoose: (chosen: Chosen) => void,
): StepLineType[] {
  const most = Math.max(1, ...edges.map((edge) => edge.count));
  return edges.flatMap((edge) => {
    const { source, target } = edge;
    const place = layout.edges[edgeId(edge)];
    if (!place) return [];
    return {
      id: edgeId(edge),
      type: "line",
      source,
      target,
      data: {
        edge,
        share: edge.count / most,
        ...place,
        chosen:
          chosen !== undefined && "source" in chosen && chosen.source === source && chosen.target === target,
        onChoose: () => onChoose({ source, target }),
      },
    };
  });
}
