import { Icon } from "@/components/Icon";
import { Scrolling } from "@/components/Scrolling";
import table from "@/components/table.module.css";
import { useWords } from "@/i18n/useWords";
import type { Price, Prices } from "./data";
import { formatDay, formatRate } from "./format";
import styles from "./Prices.module.css";
import { fitting, inOrder } from "./priceList";

interface Props {
  prices: Prices;
  /** Absent for who may not change prices. */
  onEdit?: (price: Price) => void;
  onRemove?: (price: Price) => void;
}

const DEFAULTS = [
  ["cache_read", "prices.like_input"],
  ["cache_write", "prices.like_input"],
  ["reasoning", "prices.like_output"],
] as const;

/** The project's own prices, and how many of the called models each fits. */
export function OwnPrices({ prices, onEdit, onRemove }: Props) {
  const words = useWords();
  const { t, format } = words;
  const { items } = prices.overrides;
  if (items.length === 0) return <p className={`${styles.text} dim`}>{t("prices.own.empty")}</p>;
  return (
    <Scrolling label={t("prices.own")} className={styles.sheet}>
      <table className={`${table.table} ${table.cards}`}>
        <thead>
          <tr>
            <th scope="col">{t("prices.model")}</th>
            <th scope="col">{t("prices.provider")}</th>
            {(["input", "output", "cache_read", "cache_write", "reasoning"] as const).map((kind) => (
              <th key={kind} scope="col" className={table.right} data-tip={t("prices.per")}>
                {t(`prices.${kind}`)}
              </th>
            ))}
            <th scope="col">{t("prices.from")}</th>
            <th scope="col" className={table.right}>
              {t("prices.fits")}
            </th>
            {onEdit && (
              <th scope="col">
                <span className="visually-hidden">{t("prices.change")}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {inOrder(items).map((price) => (
            <tr key={`${price.provider} ${price.model} ${price.valid_from}`}>
              <td className={`mono ${styles.wrapped}`}>{price.model}</td>
              <td className="dim" data-label={t("prices.provider")}>
                {price.provider || t("prices.provider.any")}
              </td>
              <td className={`${table.right} num`} data-label={t("prices.input")}>
                {formatRate(words, price.input)}
              </td>
              <td className={`${table.right} num`} data-label={t("prices.output")}>
                {formatRate(words, price.output)}
              </td>
              {DEFAULTS.map(([kind, like]) => {
                const rate = price[kind];
                return (
                  <td key={kind} className={`${table.right} num`} data-label={t(`prices.${kind}`)}>
                    {rate === null || rate === undefined ? (
                      <span className="faint">{t(like)}</span>
                    ) : (
                      formatRate(words, rate)
                    )}
                  </td>
                );
              })}
              <td className="num" data-label={t("prices.from")}>
                {price.valid_from ? (
                  formatDay(words, price.valid_from)
                ) : (
                  <span className="faint">{t("prices.from.always")}</span>
                )}
              </td>
              <td className={`${table.right} num`} data-label={t("prices.fits")}>
                {t("prices.models.count", { n: fitting(price, prices.models).length })}
              </td>
              {onEdit && onRemove && (
                <td className={`${table.right} ${table.act} ${styles.tools}`}>
                  <button
                    type="button"
                    onClick={() => onEdit(price)}
                    aria-label={t("prices.edit", { model: price.model })}
                    data-tip={t("prices.edit", { model: price.model })}
                  >
                    <Icon name="settings" size={14} />
                  </button>
                  <button
                    type="button"
                    onClick={() => onRemove(price)}
                    aria-label={t("prices.remove", { model: price.model })}
                    data-tip={t("prices.remove", { model: price.model })}
                  >
                    <Icon name="cross" size={14} />
                  </button>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {prices.overrides.updated && (
        <p className={`${styles.text} ${styles.updated}`} data-tip={format.exact(prices.overrides.updated)}>
          {t("prices.own.updated", {
            who: prices.overrides.updated_by ?? "",
            when: format.relative(prices.overrides.updated),
          })}
        </p>
      )}
    </Scrolling>
  );
}
