import { Missing } from "@/components/Value";
import type { Words } from "@/i18n/language";
import { useWords } from "@/i18n/useWords";
import type { ModelCosts, ModelPrice } from "./data";
import { formatDay, formatRate } from "./format";
import styles from "./Prices.module.css";

const LOCAL = "local";
const OWN = "override";

/** The price that holds now for a model, and where it is from. */
export function PriceCell({ model }: { model: ModelCosts }) {
  const words = useWords();
  const { t } = words;
  const { price } = model;
  if (price === null) {
    if (model.unpriced_calls > 0) return <span className={styles.noPrice}>{t("cost.no_price")}</span>;
    if (model.cost_usd !== null) return <span className="dim">{t("prices.stated")}</span>;
    return <Missing reason={t("missing.cost")} />;
  }
  if (model.provider === LOCAL && price.source !== OWN)
    return <span className="dim">{t("prices.free")}</span>;
  return (
    <>
      <span className="num" data-tip={ratesOf(price, words)}>
        {formatRate(words, price.input)} → {formatRate(words, price.output)}
        {price.has_sizes && " *"}
      </span>
      <span className={styles.under}>
        {price.source === OWN ? t("prices.own.source") : price.source}
        {price.since && `, ${t("prices.since", { day: formatDay(words, price.since) })}`}
      </span>
    </>
  );
}

/** All rates of a price, one a line. */
function ratesOf(price: ModelPrice, words: Words): string {
  const { t } = words;
  const kinds = ["input", "output", "cache_read", "cache_write", "reasoning"] as const;
  const lines = kinds.map((kind) => `${t(`prices.${kind}`)}: ${formatRate(words, price[kind])}`);
  if (price.request > 0) lines.push(`${t("prices.request")}: ${formatRate(words, price.request)}`);
  if (price.has_sizes) lines.push(`* ${t("prices.sizes")}`);
  return [t("prices.per"), ...lines].join("\n");
}
