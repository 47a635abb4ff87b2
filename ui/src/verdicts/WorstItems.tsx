import "./texts";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Verdict } from "@/api/types";
import { Section } from "@/components/Page";
import { Scrolling } from "@/components/Scrolling";
import { Select } from "@/components/Select";
import table from "@/components/table.module.css";
import { useWords } from "@/i18n/useWords";
import styles from "./Evidence.module.css";

/** The items that lost most, each a link to both answers. */
export function WorstItems({ verdict }: { verdict: Verdict }) {
  const { t, format } = useWords();
  const worst = verdict.worst ?? [];
  const metrics = [...new Set(worst.map((each) => each.metric))];
  const [metric, setMetric] = useState(metrics[0] ?? "");
  const search = { baseline: verdict.baseline.run, candidate: verdict.candidate.run, metric };
  return (
    <Section
      title={t("gates.worst")}
      flush
      aside={
        metrics.length > 1 && (
          <Select
            label={t("gates.worst.metric")}
            value={metric}
            onChange={setMetric}
            options={metrics.map((name) => ({ value: name, name }))}
          />
        )
      }
    >
      {worst.length === 0 ? (
        <p className={styles.nothing}>{t("gates.worst.none")}</p>
      ) : (
        <Scrolling label={t("gates.worst")}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">{t("gates.worst.item")}</th>
                <th scope="col" className={table.right}>
                  {t("compare.baseline")}
                </th>
                <th scope="col" className={table.right}>
                  {t("compare.candidate")}
                </th>
                <th scope="col" className={table.right}>
                  {t("compare.difference")}
                </th>
              </tr>
            </thead>
            <tbody>
              {worst
                .filter((each) => each.metric === metric)
                .map((each) => (
                  <tr key={each.item} className={table.rowLink}>
                    <td className={table.wide}>
                      <Link className="link" to="/runs/compare" search={{ ...search, item: each.item }}>
                        {each.item}
                      </Link>
                    </td>
                    <td className={`${table.right} num`}>{format.metric(metric, each.baseline)}</td>
                    <td className={`${table.right} num`}>{format.metric(metric, each.candidate)}</td>
                    <td className={`${table.right} num`}>{format.difference(metric, each.difference)}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </Scrolling>
      )}
    </Section>
  );
}
