import { useWords } from "@/i18n/useWords";
import type { ModelCosts } from "./data";
import styles from "./Prices.module.css";
import { nameOf } from "./priceList";

/** A called model as its spans name it, and who answered for it. */
export function ModelName({ model }: { model: ModelCosts }) {
  const { t } = useWords();
  const name = nameOf(model);
  const asked = model.request_model && model.request_model !== name ? model.request_model : "";
  const under = [model.provider, asked && t("prices.asked", { model: asked })].filter(Boolean).join(", ");
  return (
    <>
      <span className={name ? styles.name : "dim"}>{name || t("prices.unnamed")}</span>
      {under && <span className={styles.under}>{under}</span>}
    </>
  );
}
