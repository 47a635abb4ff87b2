import type { GraphEdge } from "@/api/graph";
import { Section } from "@/components/Page";
import { Scrolling } from "@/components/Scrolling";
import table from "@/components/table.module.css";
import { Cost, Missing, NumberValue } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import styles from "./Graph.module.css";
import type { Chosen } from "./GraphCanvas";
import { nameOf } from "./kinds";
import { RateValue } from "./RateValue";
import { ShowMore, useMore } from "./ShowMore";

interface Props {
  edges: GraphEdge[];
  onChoose: (chosen: Chosen) => void;
}

/** The graph as a table: the same for those who cannot see or point at it. */
export function EdgeTable({ edges, onChoose }: Props) {
  const words = useWords();
  const { t, format } = words;
  const { shown, more, showAll } = useMore(edges);
  const numbers = ["count", "traces", "share", "failures", "p50", "p95", "cost"] as const;
  return (
    <Section title={t("graph.edges")} aside={t("graph.edges.text")} flush>
      <Scrolling label={t("graph.edges")}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">{t("graph.from")}</th>
              <th scope="col">{t("graph.to")}</th>
              {numbers.map((name) => (
                <th scope="col" key={name} className={table.right}>
                  {t(`graph.${name}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((edge) => (
              <tr key={`${edge.source}\n${edge.target}`}>
                <td>{nameOf(edge.source, words)}</td>
                <td>
                  <button type="button" className={styles.edgeButton} onClick={() => onChoose(edgeOf(edge))}>
                    {nameOf(edge.target, words)}
                  </button>
                </td>
                <td className={`${table.right} num`}>{format.integer(edge.count)}</td>
                <td className={`${table.right} num`}>{format.integer(edge.traces)}</td>
                <td className={table.right}>
                  <RateValue rate={edge.probability} missing="" />
                </td>
                <td className={table.right}>
                  <RateValue rate={edge.failures} missing={t("graph.cannot_fail")} />
                </td>
                <td className={table.right}>
                  <NumberValue
                    value={edge.duration_p50_s}
                    missing={t("graph.no_time")}
                    show={format.duration}
                  />
                </td>
                <td className={table.right}>
                  <NumberValue
                    value={edge.duration_p95_s}
                    missing={t("graph.no_time")}
                    show={format.duration}
                  />
                </td>
                <td className={table.right}>
                  {edge.target.startsWith("model:") ? (
                    <Cost value={edge.cost_usd} />
                  ) : (
                    <Missing reason={t("graph.no_cost")} />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolling>
      <ShowMore more={more} onShow={showAll} />
    </Section>
  );
}

export const edgeOf = ({ source, target }: { source: string; target: string }) => ({ source, target });
