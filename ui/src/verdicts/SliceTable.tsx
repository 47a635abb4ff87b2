import "./texts";
import { useState } from "react";
import type { SliceDifference } from "@/api/verdicts";
import { IntervalStrip } from "@/components/Interval";
import { Scrolling } from "@/components/Scrolling";
import table from "@/components/table.module.css";
import { Missing, NumberValue } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import styles from "./Evidence.module.css";
import { FIRST_SLICES, finding, reachOf } from "./slices";

/** What changed on groups of the items, the greatest loss first: exploratory, and marked so. */
export function SliceTable({ rows }: { rows: SliceDifference[] }) {
  const { t } = useWords();
  const [all, setAll] = useState(false);
  if (rows.length === 0) return <p className={styles.nothing}>{t("gates.slices.none")}</p>;
  const shown = all ? rows : rows.slice(0, FIRST_SLICES);
  const reach = reachOf(rows);
  return (
    <>
      <p className={styles.note}>
        <span className={table.tag}>{t("gates.slices.exploratory")}</span> {t("gates.slices.text")}
      </p>
      <Scrolling label={t("gates.slices")}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">{t("gates.slices.slice")}</th>
              <th scope="col" className={table.right}>
                {t("compare.baseline")}
              </th>
              <th scope="col" className={table.right}>
                {t("compare.candidate")}
              </th>
              <th scope="col" className={table.right}>
                {t("compare.difference")}
              </th>
              <th scope="col" aria-label={t("compare.differences")} />
              <th scope="col" className={table.right}>
                n
              </th>
              <th scope="col" className={table.right}>
                {t("gates.slices.adjusted")}
              </th>
              <th scope="col" />
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <SliceRow key={`${row.metric} ${row.field}=${row.value}`} row={row} reach={reach} />
            ))}
          </tbody>
        </table>
      </Scrolling>
      {rows.length > FIRST_SLICES && (
        <button type="button" className={styles.more} onClick={() => setAll(!all)}>
          {all ? t("gates.slices.less") : t("gates.slices.all", { n: rows.length })}
        </button>
      )}
    </>
  );
}

function SliceRow({ row, reach }: { row: SliceDifference; reach: number }) {
  const { t, format } = useWords();
  const { metric, low, high } = row;
  const word = finding(row);
  const tip =
    low === null || high === null
      ? t("gates.slices.few")
      : t("interval.tip", {
          metric,
          low: format.difference(metric, low),
          high: format.difference(metric, high),
          n: row.n,
        });
  return (
    <tr>
      <td>
        <span className="faint">{row.field}</span> {row.value}
      </td>
      <td className={table.right}>
        <NumberValue value={row.baseline_mean} missing="" show={(v) => format.metric(metric, v)} />
      </td>
      <td className={table.right}>
        <NumberValue value={row.candidate_mean} missing="" show={(v) => format.metric(metric, v)} />
      </td>
      <td className={`${table.right} num`} data-tip={tip}>
        {format.difference(metric, row.difference)}
      </td>
      <td className={styles.strip} data-finding={word}>
        {low !== null && high !== null && (
          <span className={styles.axis}>
            <IntervalStrip mean={row.difference} low={low} high={high} from={-reach} to={reach} />
          </span>
        )}
      </td>
      <td className={`${table.right} num`}>{format.integer(row.n)}</td>
      <td className={`${table.right} num`}>
        {row.adjusted_p === null ? <Missing reason={t("gates.slices.few")} /> : format.p(row.adjusted_p)}
      </td>
      <td className={styles.finding} data-finding={word}>
        {t(`gates.slices.${word}`)}
      </td>
    </tr>
  );
}
