import list from "@/components/ListRow.module.css";
import type { TextKey } from "@/i18n/catalogue";
import { useWords } from "@/i18n/useWords";
import styles from "./Datasets.module.css";
import type { EditedItem } from "./edits";
import { inLine } from "./values";

const STATES: Record<Exclude<EditedItem["state"], "same">, TextKey> = {
  added: "items.added",
  changed: "items.changed",
  removed: "items.removed",
};
const SIGNS = { added: "+", changed: "~", removed: "−" } as const;

export function ItemsHead({ hasSplits }: { hasSplits: boolean }) {
  const { t } = useWords();
  return (
    <div className={`${list.row} ${list.head}`}>
      <span>{t("items.id")}</span>
      <span>{t("samples.input")}</span>
      <span className={styles.spare}>{t("samples.reference")}</span>
      {hasSplits && <span className={styles.spare}>{t("items.split")}</span>}
    </div>
  );
}

interface Props {
  row: EditedItem;
  open: boolean;
  hasSplits: boolean;
  onOpen: () => void;
}

export function ItemRow({ row: { item, state }, open, hasSplits, onOpen }: Props) {
  const { t } = useWords();
  const word = state === "same" ? undefined : t(STATES[state]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the button inside takes the keys; the row is a larger target
    // biome-ignore lint/a11y/noStaticElementInteractions: as above
    <div
      className={`${list.row} ${styles.item}`}
      data-open={open || undefined}
      data-state={state}
      onClick={onOpen}
    >
      <button type="button" className={`${styles.id} clip`} onClick={onOpen}>
        {state !== "same" && (
          <span className={styles.sign} role="img" aria-label={word} data-tip={word}>
            {SIGNS[state]}
          </span>
        )}
        {item.id}
      </button>
      <span className="clip">{inLine(item.input)}</span>
      <span className={`${styles.spare} clip`}>
        {inLine(item.reference) || <span className="faint">–</span>}
      </span>
      {hasSplits && (
        <span className={`${styles.spare} dim clip`}>{item.split || <span className="faint">–</span>}</span>
      )}
    </div>
  );
}
