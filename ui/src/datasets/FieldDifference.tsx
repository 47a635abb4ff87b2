import "./formTexts";
import type { ItemChange } from "@/api/datasets";
import marks from "@/components/Change.module.css";
import { TextDiff } from "@/components/Code";
import type { TextKey } from "@/i18n/catalogue";
import { useWords } from "@/i18n/useWords";
import styles from "./Datasets.module.css";
import { asText } from "./values";

type Change = ItemChange["fields"][number];

const NAMES: Record<string, TextKey> = {
  input: "samples.input",
  reference: "samples.reference",
  split: "items.split",
};
const SHORT = 120;

const isShort = (text: string) => text.length <= SHORT && !text.includes("\n");

/** One field before and after: short values side by side, long ones line by line. */
export function FieldDifference({ change }: { change: Change }) {
  const { t } = useWords();
  const [before, after] = [asText(change.before), asText(change.after)];
  const known = NAMES[change.field];
  const name = known ? t(known) : change.field;
  const side = (text: string) => text || <span className="faint">{t("changes.absent")}</span>;
  return (
    <div className={styles.field}>
      <h4>{name}</h4>
      {isShort(before) && isShort(after) ? (
        <div className={styles.sides}>
          <span className={marks.before}>{side(before)}</span>
          <span className={marks.after}>{side(after)}</span>
        </div>
      ) : (
        <TextDiff before={before} after={after} label={name} />
      )}
    </div>
  );
}
