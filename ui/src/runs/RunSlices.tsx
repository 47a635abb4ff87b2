import { useQuery } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";
import { type SliceMean, sliceMeansQuery } from "@/api/shapes";
import type { Run } from "@/api/types";
import { IntervalStrip } from "@/components/Interval";
import { Scrolling } from "@/components/Scrolling";
import { Select } from "@/components/Select";
import { Loaded } from "@/components/States";
import table from "@/components/table.module.css";
import { Missing } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import { orderMetrics } from "./metrics";
import agents from "./RunAgents.module.css";
import styles from "./RunSlices.module.css";
import "./shapesTexts";

/** A metric on the slices of the items, the worst first; asked for when it is looked at. */
export function RunSlices({ run }: { run: Run }) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const names = orderMetrics(run.evaluators);
  const [metric, setMetric] = useState(names[0] ?? "");
  const query = useQuery({ ...sliceMeansQuery(run.id, metric, run.finished_items), enabled: open });
  const onToggle = (event: SyntheticEvent<HTMLDetailsElement>) => setOpen(event.currentTarget.open);
  return (
    <details className={agents.agents} onToggle={onToggle}>
      <summary>{t("slices.title")}</summary>
      {open && (
        <Loaded query={query}>
          {({ items }) =>
            items.length > 0 ? (
              <>
                <p className={styles.note}>
                  <Select
                    label={t("slices.metric")}
                    value={metric}
                    onChange={setMetric}
                    options={names.map((name) => ({ value: name, name }))}
                  />
                  <span>{t("slices.text")}</span>
                </p>
                <SliceRows rows={items} />
              </>
            ) : (
              <p className={agents.none}>{t("slices.none")}</p>
            )
          }
        </Loaded>
      )}
    </details>
  );
}

function SliceRows({ rows }: { rows: SliceMean[] }) {
  const { t } = useWords();
  const ends = rows.flatMap(({ mean, low, high }) => [mean ?? 0, low ?? 0, high ?? 0]);
  const axis = { from: Math.min(0, ...ends), to: Math.max(...ends) || 1 };
  return (
    <Scrolling label={t("slices.title")}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">{t("slices.slice")}</th>
            <th scope="col" className={table.right}>
              {t("slices.mean")}
            </th>
            <th scope="col" aria-label={t("slices.mean")} />
            <th scope="col" className={table.right}>
              {t("slices.items")}
            </th>
            <th scope="col" className={table.right}>
              {t("slices.missing")}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <SliceRow key={`${row.field}=${row.value}`} row={row} axis={axis} />
          ))}
        </tbody>
      </table>
    </Scrolling>
  );
}

function SliceRow({ row, axis }: { row: SliceMean; axis: { from: number; to: number } }) {
  const { t, format } = useWords();
  const { metric, mean, low, high, n, missing } = row;
  const bounded = low !== null && high !== null;
  const tip = bounded
    ? t("interval.tip", { metric, low: format.metric(metric, low), high: format.metric(metric, high), n })
    : undefined;
  return (
    <tr>
      <td>
        <span className="faint">{row.field}</span> {row.value}
      </td>
      <td className={`${table.right} num`} data-tip={tip}>
        {mean === null ? (
          <Missing reason={t("missing.metric", { n: missing })} />
        ) : (
          format.metric(metric, mean)
        )}
      </td>
      <td className={styles.strip}>
        {mean !== null && bounded && <IntervalStrip mean={mean} low={low} high={high} {...axis} />}
      </td>
      <td className={`${table.right} num`}>{format.integer(n)}</td>
      <td className={`${table.right} num`}>
        {missing > 0 ? format.integer(missing) : <span className="faint">–</span>}
      </td>
    </tr>
  );
}
