import type { Change } from "@/api/graph";
import { useWords } from "@/i18n/useWords";
import { ChangeMark } from "./ChangeMark";
import styles from "./Graph.module.css";
import type { Drawing } from "./model";

const CHANGES: Change[] = ["added", "vanished", "changed", "same"];

/** What lines mean, in words. */
export function Legend({ drawing }: { drawing: Drawing }) {
  const { t } = useWords();
  const compares = drawing.edges.some((edge) => edge.change);
  const handsOff = drawing.edges.some((edge) => edge.kind === "hand_off");
  return (
    <ul className={styles.legend} aria-label={t("graph.legend")}>
      {compares ? (
        CHANGES.map((change) => (
          <li key={change}>
            <span className={styles.sample} data-change={change} aria-hidden="true" />
            <ChangeMark change={change} />
            {t(`graph.change.${change}`)}
          </li>
        ))
      ) : (
        <li>{t("graph.legend.width")}</li>
      )}
      {handsOff && (
        <li>
          <span className={styles.sample} data-kind="hand_off" aria-hidden="true" />
          {t("graph.edge_kind.hand_off")}
        </li>
      )}
    </ul>
  );
}
