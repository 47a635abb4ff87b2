import type { MetricSummary } from "@/api/types";
import { useWords } from "@/i18n/useWords";
import styles from "./PassRates.module.css";
import "./repeatsTexts";

type Rates = NonNullable<MetricSummary["repeats"]>["passes"];
type Rate = Rates[number]["pass_hat"];

/** As many as a card has room for: the first ones, and the one of all repeats. */
const SHOWN = 4;

interface Props {
  metric: string;
  rates: Rates;
}

/** The chance that k tries all pass, and that one of them does, for each k. */
export function PassRates({ metric, rates }: Props) {
  const { t, format } = useWords();
  const shown = rates.filter((_, place) => place < SHOWN - 1 || place === rates.length - 1);
  const bounds = ({ mean, low, high }: Rate) => ({
    rate: format.metric(metric, mean),
    low: low === null ? "–" : format.metric(metric, low),
    high: high === null ? "–" : format.metric(metric, high),
  });
  return (
    <table className={`${styles.rates} num`} aria-label={`${metric}: ${t("repeats.pass")}`}>
      <thead>
        <tr>
          <th scope="col">k</th>
          <th scope="col">pass^k</th>
          <th scope="col">pass@k</th>
        </tr>
      </thead>
      <tbody>
        {shown.map(({ k, pass_hat, pass_at }) => (
          <tr key={k}>
            <th scope="row">{k}</th>
            <td data-tip={t("repeats.pass.hat", { k, ...bounds(pass_hat) })}>
              {format.metric(metric, pass_hat.mean)}
            </td>
            <td data-tip={t("repeats.pass.at", { k, ...bounds(pass_at) })}>
              {format.metric(metric, pass_at.mean)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
