import type { UseQueryResult } from "@tanstack/react-query";
import type { JudgingEstimate } from "@/api/judgings";
import { StandingBadge } from "@/calibration/StandingBadge";
import { Problem } from "@/components/Problem";
import { useWords } from "@/i18n/useWords";
import styles from "./Judging.module.css";

interface Props {
  query: UseQueryResult<JudgingEstimate>;
  model: string;
}

/** What a judge will take, before anybody is asked. */
export function EstimateView({ query, model }: Props) {
  const { t } = useWords();
  const found = query.data;
  return (
    <section
      className={styles.estimate}
      aria-label={t("judging.estimate.title")}
      aria-busy={query.isFetching}
    >
      <p className={styles.head}>
        <span className="mono">{found?.judge.models.join(", ") ?? model}</span>
        {found && <StandingBadge standing={found.standing} />}
      </p>
      {found && <Amounts found={found} />}
      <Problem error={query.error} />
    </section>
  );
}

function Amounts({ found }: { found: JudgingEstimate }) {
  const { t, format } = useWords();
  const price = (cost: number | null) => (cost === null ? t("judging.no_price") : format.cost(cost));
  const { battles, same, calls, tokens } = found;
  if (battles === 0) return <p>{t("judging.estimate.nothing")}</p>;
  return (
    <>
      <p>
        {calls > 0 && t("judging.estimate.battles", { n: calls / 2, calls })}{" "}
        {same > 0 && t("judging.estimate.same", { n: same })}
      </p>
      {tokens !== null && calls > 0 && (
        <p>{t("judging.estimate.about", { tokens, cost: price(found.cost_usd) })}</p>
      )}
      {calls > 0 && (
        <p className="dim">
          {t("judging.estimate.most", { tokens: found.most_tokens, cost: price(found.most_cost_usd) })}
        </p>
      )}
    </>
  );
}
