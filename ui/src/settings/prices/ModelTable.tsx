import { Button } from "@mantine/core";
import { useState } from "react";
import { Scrolling } from "@/components/Scrolling";
import table from "@/components/table.module.css";
import { Cost, Missing, Tokens } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import type { ModelCosts } from "./data";
import { ModelName } from "./ModelName";
import { PriceCell } from "./PriceCell";
import styles from "./Prices.module.css";
import { keyOf, lacksPrice, nameOf } from "./priceList";

interface Props {
  label: string;
  models: ModelCosts[];
  /** Absent for who may not change prices. */
  onPrice?: (model: ModelCosts) => void;
}

const FIRST = 50;

/** Models with what they were asked, what that cost, and by which price. */
export function ModelTable({ label, models, onPrice }: Props) {
  const { t, format } = useWords();
  const [all, setAll] = useState(false);
  const shown = all ? models : models.slice(0, FIRST);
  return (
    <Scrolling label={label} className={styles.sheet}>
      <table className={`${table.table} ${table.cards} ${styles.models}`}>
        <thead>
          <tr>
            <th scope="col">{t("prices.model")}</th>
            <th scope="col" className={table.right}>
              {t("prices.calls")}
            </th>
            <th scope="col" className={table.right}>
              {t("prices.tokens")}
            </th>
            <th scope="col" className={table.right}>
              {t("prices.cost")}
            </th>
            <th scope="col" className={table.right} data-tip={t("prices.per")}>
              {t("prices.price")}
            </th>
            {onPrice && (
              <th scope="col">
                <span className="visually-hidden">{t("prices.change")}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {shown.map((model) => (
            <tr key={keyOf(model)}>
              <td className={styles.wrapped}>
                <ModelName model={model} />
              </td>
              <td className={table.right} data-label={t("prices.calls")}>
                <span className="num">{format.integer(model.calls)}</span>
                <span className={styles.under} data-tip={format.exact(model.last)}>
                  {t("prices.last", { when: format.relative(model.last) })}
                </span>
              </td>
              <td className={table.right} data-label={t("prices.tokens")}>
                <Tokens input={model.input_tokens} output={model.output_tokens} />
              </td>
              <td className={table.right} data-label={t("prices.cost")}>
                <CostCell model={model} />
              </td>
              <td className={table.right} data-label={t("prices.price")}>
                <PriceCell model={model} />
              </td>
              {onPrice && (
                <td className={`${table.right} ${table.act}`}>
                  <Button
                    variant={lacksPrice(model) ? "filled" : "default"}
                    onClick={() => onPrice(model)}
                    aria-label={t(lacksPrice(model) ? "prices.give.of" : "prices.change.of", {
                      model: nameOf(model) || t("prices.unnamed"),
                    })}
                    disabled={!nameOf(model)}
                  >
                    {t(lacksPrice(model) ? "prices.give" : "prices.change")}
                  </Button>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < models.length && (
        <button type="button" className={styles.more} onClick={() => setAll(true)}>
          {t("prices.more", { n: models.length - shown.length })}
        </button>
      )}
    </Scrolling>
  );
}

/** What the calls cost; those before the first day of the price are named, for the sum is without them. */
function CostCell({ model }: { model: ModelCosts }) {
  const { t } = useWords();
  if (model.unpriced_calls === 0) return <Cost value={model.cost_usd} />;
  // Its price says that there is none, in words.
  if (model.price === null && model.cost_usd === null) {
    return <Missing reason={t("missing.price", { models: nameOf(model) || t("prices.unnamed") })} />;
  }
  return (
    <>
      <Cost value={model.cost_usd} unpriced={[nameOf(model)]} />
      {model.price !== null && (
        <span className={`${styles.under} ${styles.noPrice}`}>
          {t("prices.older", { n: model.unpriced_calls })}
        </span>
      )}
    </>
  );
}
