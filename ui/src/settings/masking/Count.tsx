import type { MaskedCount } from "@/api/masking";
import { useWords } from "@/i18n/useWords";
import styles from "./Masking.module.css";

export type Counts = ReadonlyMap<string, MaskedCount>;

/** How often a rule has masked something, and when it last did. */
export function Count({ counts, rule, off }: { counts: Counts; rule: string; off?: boolean }) {
  const { t, format } = useWords();
  const count = counts.get(rule);
  if (!count) return <span className={`${styles.count} faint`}>{off ? "" : t("masking.count.none")}</span>;
  const tip = `${t("masking.count.last", { when: format.relative(count.last) })}\n${format.exact(count.last)}`;
  return (
    <span className={`${styles.count} num`} data-tip={tip}>
      {t("masking.count", { n: count.count })}
    </span>
  );
}
