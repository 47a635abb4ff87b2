import { useQuery } from "@tanstack/react-query";
import { verificationQuery } from "@/api/queries";
import { Digest } from "@/components/Copy";
import { Verified } from "@/components/Marks";
import { ErrorState } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import styles from "./Audit.module.css";

/** The whole chain was walked again just now: it holds, or here is where it does not. */
export function Verification() {
  const { t } = useWords();
  const query = useQuery(verificationQuery());
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  const result = query.data;
  return (
    <div className={styles.verification} data-broken={(result && !result.ok) || undefined}>
      {!result ? (
        <span className="faint">{t("audit.verifying")}</span>
      ) : (
        <>
          <Verified ok={result.ok} word={result.ok ? t("audit.verified") : t("audit.broken")} />
          <span className="dim num">
            {result.ok
              ? t("audit.verified.text", { n: result.entries })
              : t("audit.broken.text", { n: result.problems.length })}
          </span>
          {result.head && (
            <span className={`${styles.tip} faint`}>
              {t("audit.head")} <Digest value={result.head.hash} />
            </span>
          )}
          {result.problems.length > 0 && (
            <ul className={styles.problems}>
              {result.problems.slice(0, 20).map(({ seq, problem }) => (
                <li key={`${seq}${problem}`}>
                  <b className="num">{seq}</b> {problem}
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </div>
  );
}
