import { useMemo } from "react";
import type { SqlResult } from "@/api/sql";
import { Code } from "@/components/Code";
import { CopyButton } from "@/components/Copy";
import { Panel } from "@/components/Panel";
import { useWords } from "@/i18n/useWords";
import { readable, wholeText } from "./cells";
import styles from "./Query.module.css";

/** Counted from 0. */
export interface CellPlace {
  row: number;
  column: number;
}

interface Props {
  result: SqlResult;
  place: CellPlace;
  onClose: () => void;
}

/** The whole of a value that its row shows the beginning of. */
export function CellPanel({ result, place, onClose }: Props) {
  const { t } = useWords();
  const cell = result.rows[place.row]?.[place.column] ?? null;
  const column = result.columns[place.column];
  const { text, language } = useMemo(() => readable(cell), [cell]);
  const whole = wholeText(cell);
  const label = t("query.cell.label", { column: column?.name ?? "", row: place.row + 1 });
  return (
    <Panel
      label={label}
      onClose={onClose}
      title={
        <>
          <h2 className="clip">{label}</h2>
          <span className="faint num">{t("query.cell.characters", { n: whole.length })}</span>
          <CopyButton text={whole} label={t("copy.text")} />
        </>
      }
    >
      <div className={styles.value}>
        <Code text={text} language={language} label={label} />
      </div>
    </Panel>
  );
}
