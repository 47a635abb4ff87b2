import type { EdgeDifference } from "@/api/graph";
import { Section } from "@/components/Page";
import { Scrolling } from "@/components/Scrolling";
import table from "@/components/table.module.css";
import { Missing } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import { ChangeMark } from "./ChangeMark";
import { edgeOf } from "./EdgeTable";
import styles from "./Graph.module.css";
import type { Chosen } from "./GraphCanvas";
import { nameOf } from "./kinds";
import { RateValue } from "./RateValue";
import { ShowMore, useMore } from "./ShowMore";

interface Props {
  edges: EdgeDifference[];
  onChoose: (chosen: Chosen) => void;
}

export function DifferenceTable({ edges, onChoose }: Props) {
  const words = useWords();
  const { t, format } = words;
  const { shown, more, showAll } = useMore(edges);
  return (
    <Section title={t("graph.differences")} aside={t("graph.exploratory")} flush>
      <Scrolling label={t("graph.differences")}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">{t("graph.change")}</th>
              <th scope="col">{t("graph.from")}</th>
              <th scope="col">{t("graph.to")}</th>
              <th scope="col" className={table.right}>
                {t("graph.base")}
              </th>
              <th scope="col" className={table.right}>
                {t("graph.candidate")}
              </th>
              <th scope="col" className={table.right}>
                {t("graph.difference")}
              </th>
              <th scope="col" className={table.right}>
                {t("graph.p_adjusted")}
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((edge) => (
              <tr key={`${edge.source}\n${edge.target}`}>
                <td>
                  <span className="row">
                    <ChangeMark change={edge.change} />
                    <span aria-hidden={edge.change !== "same"}>{t(`graph.change.${edge.change}`)}</span>
                  </span>
                </td>
                <td>{nameOf(edge.source, words)}</td>
                <td>
                  <button type="button" className={styles.edgeButton} onClick={() => onChoose(edgeOf(edge))}>
                    {nameOf(edge.target, words)}
                  </button>
                </td>
                <td className={table.right}>
                  <RateValue rate={edge.base.probability} missing={t("graph.never_left")} />
                </td>
                <td className={table.right}>
                  <RateValue rate={edge.candidate.probability} missing={t("graph.never_left")} />
                </td>
                <td className={table.right}>
                  <DifferenceValue edge={edge} />
                </td>
                <td className={`${table.right} num`}>
                  {edge.p_adjusted === null ? (
                    <Missing reason={t("graph.never_left")} />
                  ) : (
                    format.p(edge.p_adjusted)
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

/** In points of a percent, with the interval. */
export function DifferenceValue({ edge }: { edge: EdgeDifference }) {
  const { t, format } = useWords();
  if (edge.difference === null || edge.low === null || edge.high === null) {
    return <Missing reason={t("graph.never_left")} />;
  }
  const signed = (value: number) =>
    `${value > 0 ? "+" : value < 0 ? "−" : "±"}${format.percent(Math.abs(value))}`;
  return (
    <span className="num">
      {signed(edge.difference)}
      <span className="faint">
        {" "}
        {t("graph.interval", { low: signed(edge.low), high: signed(edge.high) })}
      </span>
    </span>
  );
}
