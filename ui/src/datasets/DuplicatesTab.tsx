import "./duplicatesTexts";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type DuplicatePair, type DuplicateReport, duplicatesQuery } from "@/api/datasets";
import { Scrolling } from "@/components/Scrolling";
import { Select } from "@/components/Select";
import { EmptyState, Loaded } from "@/components/States";
import table from "@/components/table.module.css";
import { useWords } from "@/i18n/useWords";
import styles from "./Datasets.module.css";
import own from "./Duplicates.module.css";

const SIMILARITIES = ["0.7", "0.8", "0.9", "1"];

interface Props {
  name: string;
  version: number;
}

/** Items that ask the same or nearly the same; those in different splits first. */
export function DuplicatesTab({ name, version }: Props) {
  const { t } = useWords();
  const [similar, setSimilar] = useState("0.8");
  const query = useQuery(duplicatesQuery(name, String(version), Number(similar)));
  return (
    <div className={styles.scrolled}>
      <div className={styles.bar}>
        <span className="dim">{t("duplicates.similar")}</span>
        <Select
          label={t("duplicates.similar")}
          value={similar}
          onChange={setSimilar}
          options={SIMILARITIES.map((each) => ({ value: each, name: each }))}
        />
      </div>
      <Loaded query={query}>
        {(report) =>
          report.pairs.length > 0 ? (
            <Found name={name} version={version} report={report} />
          ) : (
            <EmptyState
              icon="dataset"
              title={t("duplicates.none")}
              text={t("duplicates.none.text", { similar })}
            />
          )
        }
      </Loaded>
    </div>
  );
}

function Found({ name, version, report }: Props & { report: DuplicateReport }) {
  const { t } = useWords();
  const { exact, near, leaks, contradictions, cut, pairs } = report;
  const total = exact + near;
  return (
    <>
      <div className={own.found}>
        <p>
          {[exact > 0 && t("duplicates.exact", { n: exact }), near > 0 && t("duplicates.near", { n: near })]
            .filter(Boolean)
            .join(" · ")}
        </p>
        {leaks > 0 && (
          <p className={own.leak} role="alert">
            {t("duplicates.leaks", { n: leaks })}
          </p>
        )}
        {contradictions > 0 && <p>{t("duplicates.contradictions", { n: contradictions })}</p>}
        {cut && <p>{t("duplicates.cut")}</p>}
        {total > pairs.length && <p className="dim">{t("duplicates.first", { n: pairs.length, total })}</p>}
      </div>
      <Scrolling label={t("datasets.duplicates")}>
        <table className={`${table.table} ${own.pairs}`}>
          <thead>
            <tr>
              <th scope="col">{t("duplicates.item")}</th>
              <th scope="col">{t("duplicates.split")}</th>
              <th scope="col">{t("duplicates.item")}</th>
              <th scope="col">{t("duplicates.split")}</th>
              <th scope="col" className={table.right}>
                {t("duplicates.similarity")}
              </th>
              <th scope="col" />
            </tr>
          </thead>
          <tbody>
            {pairs.map((pair) => (
              <PairRow key={`${pair.first}\n${pair.second}`} name={name} version={version} pair={pair} />
            ))}
          </tbody>
        </table>
      </Scrolling>
    </>
  );
}

function PairRow({ name, version, pair }: Props & { pair: DuplicatePair }) {
  const { t } = useWords();
  const item = (id: string) => (
    <Link
      className="link mono"
      to="/datasets/$name"
      params={{ name }}
      search={{ version: String(version), item: id }}
    >
      {id}
    </Link>
  );
  return (
    <tr>
      <td className={own.item}>{item(pair.first)}</td>
      <td className="dim">{pair.first_split || "–"}</td>
      <td className={own.item}>{item(pair.second)}</td>
      <td className="dim">{pair.second_split || "–"}</td>
      <td className={`${table.right} num`}>{pair.similarity.toFixed(2)}</td>
      <td>
        {pair.leaks && <span className={own.across}>{t("duplicates.across")}</span>}
        {pair.similarity === 1 && !pair.same_reference && (
          <span className={table.tag}>{t("duplicates.other_reference")}</span>
        )}
      </td>
    </tr>
  );
}
