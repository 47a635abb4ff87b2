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
  const cost = (value: number | null) =>
    value === null ? <span className={styles.noPrice}>{t("cost.no_price")}</span> : format.cost(value);
  const called = changes.filter((change) => change.calls > 0);
  const said =
    called.length > 0
      ? t("prices.result.changed", { n: called.length })
      : saved
        ? t("prices.result.same")
        : t("prices.result.none", { n: recosting.models });
  return (
    <section className={styles.result} role="log" aria-label={t("prices.history")}>
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
      {called.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section
          className={`${table.scroll} ${styles.sheet}`}
          tabIndex={0}
          aria-label={t("prices.result.after")}
        >
          <table className={table.table}>
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
              {called.map((change) => (
                <tr key={`${change.provider} ${change.model}`}>
                  <td className={styles.pattern}>
                    {change.model || t("prices.unnamed")} <span className="faint">{change.provider}</span>
                  </td>
                  <td className={`${table.right} num`}>{format.integer(change.calls)}</td>
                  <td className={`${table.right} num`}>{cost(change.before_usd)}</td>
                  <td className={`${table.right} num`}>{cost(change.after_usd)}</td>
                  <td className="dim">
                    {change.source === "override"
                      ? t("prices.own.source")
                      : change.source || t("cost.no_price")}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}
