import "@xyflow/react/dist/base.css";
import { useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { Controls, ReactFlow, ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { useEffect, useMemo, useState } from "react";
import { ErrorState, SkeletonRows } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import styles from "./Graph.module.css";
import { Legend } from "./Legend";
import { type LayoutRequest, NODE, type Size, scaleOf } from "./layout";
import { type Drawing, edgeId, foldRare } from "./model";
import { StepLine, type StepLineType } from "./StepLine";
import { StepNode, type StepNodeType } from "./StepNode";
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
/** A line is no wider than thin where nothing came more than a few times. */
const FEW = 12;
const NARROWEST = 300;
/** A window that is dragged wider is laid out again only now and then. */
const WIDTH_STEP = 80;
const HIGHEST = 720;
const LOWEST = 220;
const MARGIN = 40;
const NOTHING: Size = { width: 0, height: 0 };

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
  const colorScheme = useComputedColorScheme("light");
  const { ref, width } = useElementSize();
  const [whole, setWhole] = useState(false);
  const shown = useMemo(() => (whole ? drawing : foldRare(drawing)), [drawing, whole]);
  // 0 until the canvas has been measured.
  const room = width && Math.max(NARROWEST, Math.floor(width / WIDTH_STEP) * WIDTH_STEP);
  const request = useMemo(
    () => (room ? requestOf(shown, { width: room, height: HIGHEST }) : undefined),
    [shown, room],
  );
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
  const size = laid?.layout ?? NOTHING;
  const scale = scaleOf(size, { width: width - MARGIN, height: HIGHEST });
  const height = Math.max(LOWEST, size.height * scale + MARGIN);
  // By hand: the canvas itself learns of its new size too late to fit a view into it.
  const view = useMemo(
    () => ({ x: (width - size.width * scale) / 2, y: (height - size.height * scale) / 2, zoom: scale }),
    [width, height, size, scale],
  );
  useEffect(() => void flow.setViewport(view), [flow, view]);

  return (
    <section className={styles.graph} aria-label={label}>
      <Legend drawing={shown} />
      <div className={styles.canvas} ref={ref} style={{ height }}>
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
            colorMode={colorScheme}
            nodesDraggable={false}
            nodesConnectable={false}
            nodesFocusable={false}
            edgesFocusable={false}
            elementsSelectable={false}
            preventScrolling={false}
            zoomOnScroll={false}
            defaultViewport={view}
            minZoom={0.05}
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
            <Controls showInteractive={false} fitViewOptions={{ padding: 0.04, maxZoom: 1 }} />
          </ReactFlow>
        )}
      </div>
      {shown !== drawing && (
        <p className={styles.folded}>
          {t("graph.folded", { n: drawing.nodes.length })}{" "}
          <button type="button" onClick={() => setWhole(true)}>
            {t("graph.unfold")}
          </button>
        </p>
      )}
    </section>
  );
}

function requestOf({ nodes, edges }: Drawing, space: Size): LayoutRequest {
  return {
    nodes: nodes.map((node) => node.id),
    edges: edges.map((edge) => ({
      id: edgeId(edge),
      source: edge.source,
      target: edge.target,
      label: edge.label + (edge.failing || edge.change ? "      " : ""),
    })),
    space,
  };
}

type Place = Pick<NonNullable<ReturnType<typeof useLayout>["laid"]>["layout"], "nodes" | "edges">;

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
  const most = Math.max(FEW, ...edges.map((edge) => edge.count));
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
