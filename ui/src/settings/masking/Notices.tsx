import type { MaskedCount, Masking } from "@/api/masking";
import { useWords } from "@/i18n/useWords";
import { Count, type Counts } from "./Count";
import styles from "./Masking.module.css";
import { nameOfRule } from "./names";
import type { Edited } from "./useEditing";

/** What holds now, since when and by whom, and whether it has ever masked anything. */
export function Standing({ masking }: { masking: Masking }) {
  const { t, format } = useWords();
  const { revision, updated, by, masked, rules } = masking;
  const isEmpty = Object.values(rules).every((each) => each.length === 0);
  const total = masked.reduce((sum, { count }) => sum + count, 0);
  return (
    <div className={styles.standing}>
      {isEmpty && (
        <>
          <p className={styles.lead}>{t("masking.none")}</p>
          <p className="dim">{t("masking.none.text")}</p>
        </>
      )}
      {revision > 0 && updated && (
        <p className="dim" data-tip={format.exact(updated)}>
          {t("masking.set", { revision, by: by ?? "–" })}, {format.relative(updated)}
          {total > 0 && ` · ${t("masking.total", { n: total })}`}
        </p>
      )}
    </div>
  );
}

/** Somebody else was faster. */
export function Stale({ now, edited }: { now: Masking; edited: Edited }) {
  const { t } = useWords();
  return (
    <div className={styles.notice} data-warn role="alert">
      <p className="grow">{t("masking.stale", { by: now.by ?? "–", revision: now.revision })}</p>
      <button type="button" onClick={edited.discard}>
        {t("masking.stale.discard")}
      </button>
      <button type="button" onClick={edited.rebase}>
        {t("masking.stale.rebase")}
      </button>
    </div>
  );
}

interface GoneProps {
  masked: MaskedCount[];
  counts: Counts;
  /** Rules that have a place of their own on the page. */
  shown: ReadonlySet<string>;
}

/** Counts of rules that are not there any more, so that no masked thing is left out. */
export function Gone({ masked, counts, shown }: GoneProps) {
  const words = useWords();
  const gone = masked.filter(({ rule }) => !shown.has(rule));
  if (gone.length === 0) return null;
  return (
    <details className={styles.gone}>
      <summary>{words.t("masking.counted")}</summary>
      <ul>
        {gone.map(({ rule }) => (
          <li key={rule}>
            <span className="grow">{nameOfRule(words, rule)}</span>
            <Count counts={counts} rule={rule} />
          </li>
        ))}
      </ul>
    </details>
  );
}
