import { useEffect, useRef } from "react";
import { Icon } from "@/components/Icon";
import table from "@/components/table.module.css";
import { useWords } from "@/i18n/useWords";
import type { Recosting } from "./data";
import styles from "./Prices.module.css";

interface Props {
  recosting: Recosting;
  /** Whether a list was saved before. */
  saved: boolean;
  onClose: () => void;
}

const sum = (values: (number | null)[]) => values.reduce<number>((total, value) => total + (value ?? 0), 0);

/** What other prices changed in history, model by model, before and after. */
export function RecostingResult({ recosting, saved, onClose }: Props) {
  const { t, format } = useWords();
  const { changes } = recosting;
  const place = useRef<HTMLElement>(null);
  // It stands above lists that may be long, at whose end the change was made.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each result is shown anew
  useEffect(() => {
    place.current?.scrollIntoView({ block: "nearest" });
  }, [recosting]);
  const called = changes.filter((change) => change.calls > 0);
  const said =
    called.length > 0
      ? t("prices.result.changed", { n: called.length })
      : saved
        ? t("prices.result.same")
        : t("prices.result.none", { n: recosting.models });
  return (
    <section
      ref={place}
      className={`${styles.result} ${styles.sheet}`}
      role="log"
      aria-label={t("prices.history")}
    >
      <header>
        <Icon name="check" size={14} />
        <p>
          {saved && <b>{t("prices.result.saved")} </b>}
          {said}
          {called.length > 1 && (
            <>
              {" "}
              {t("prices.result.total", {
                before: format.cost(sum(called.map((change) => change.before_usd))),
                after: format.cost(sum(called.map((change) => change.after_usd))),
              })}
            </>
          )}
        </p>
        <button type="button" onClick={onClose} aria-label={t("prices.result.close")}>
          <Icon name="cross" size={12} />
        </button>
      </header>
      {called.length > 0 && <Changes changes={called} />}
    </section>
  );
}

function Changes({ changes }: { changes: Recosting["changes"] }) {
  const { t, format } = useWords();
  const cost = (value: number | null) =>
    value === null ? <span className={styles.noPrice}>{t("cost.no_price")}</span> : format.cost(value);
  return (
    <table className={`${table.table} ${table.cards}`}>
      <thead>
        <tr>
          <th scope="col">{t("prices.model")}</th>
          <th scope="col" className={table.right}>
            {t("prices.calls")}
          </th>
          <th scope="col" className={table.right}>
            {t("prices.result.before")}
          </th>
          <th scope="col" className={table.right}>
            {t("prices.result.after")}
          </th>
          <th scope="col">{t("prices.result.by")}</th>
        </tr>
      </thead>
      <tbody>
        {changes.map((change) => (
          <tr key={`${change.provider} ${change.model}`}>
            <td className={styles.wrapped}>
              {change.model || t("prices.unnamed")} <span className="faint">{change.provider}</span>
            </td>
            <td className={`${table.right} num`} data-label={t("prices.calls")}>
              {format.integer(change.calls)}
            </td>
            <td className={`${table.right} num`} data-label={t("prices.result.before")}>
              {cost(change.before_usd)}
            </td>
            <td className={`${table.right} num`} data-label={t("prices.result.after")}>
              {cost(change.after_usd)}
            </td>
            <td className="dim" data-label={t("prices.result.by")}>
              {change.source === "override" ? t("prices.own.source") : change.source || t("cost.no_price")}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
