import { isStatus } from "@/api/client";
import { useWords } from "@/i18n/useWords";
import { ReasonDialog } from "@/releases/ReasonDialog";
import { type Price, type PriceList, type Recosting, useReplacePrices } from "./data";
import styles from "./Prices.module.css";
import { withoutPrice } from "./priceList";

interface Props {
  list: PriceList;
  price: Price;
  onClose: () => void;
  onSaved: (recosting: Recosting) => void;
}

export function RemoveDialog({ list, price, onClose, onSaved }: Props) {
  const { t } = useWords();
  const save = useReplacePrices(onSaved);
  const conflict = isStatus(save.error, 409);
  return (
    <ReasonDialog
      title={t("prices.remove.title", { model: price.model })}
      submit={t("prices.remove.submit")}
      pending={save.isPending}
      error={conflict ? null : save.error}
      disabled={conflict}
      onSubmit={(reason) =>
        save.mutate({ items: withoutPrice(list.items, price), expected: list.digest ?? "", reason })
      }
      onClose={onClose}
    >
      <p className="dim">{t("prices.remove.text")}</p>
      {conflict && (
        <p className={styles.caution} role="alert">
          {t("prices.conflict")}
        </p>
      )}
    </ReasonDialog>
  );
}
