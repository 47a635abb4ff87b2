import { useWords } from "@/i18n/useWords";
import styles from "./Interval.module.css";

interface IntervalProps {
  mean: number;
  low: number;
  high: number;
  /** The axis: what the left and right ends of the strip stand for. */
  from: number;
  to: number;
}

/** A mean with its interval on a short axis; the row beside it carries the figures. */
export function IntervalStrip({ mean, low, high, from, to }: IntervalProps) {
  const place = (value: number) =>
    `${(100 * (Math.min(Math.max(value, from), to) - from)) / (to - from || 1)}%`;
  return (
    <span className={styles.strip} aria-hidden="true">
      <span className={styles.range} style={{ left: place(low), right: `calc(100% - ${place(high)})` }} />
      <span className={styles.mean} style={{ left: place(mean) }} />
    </span>
  );
}

interface MeanProps {
  metric: string;
  mean: number | null;
  low: number | null;
  high: number | null;
  n: number;
}

/** "0.492 ±0.031", with n and the whole interval in the tooltip. */
export function MeanWithInterval({ metric, mean, low, high, n }: MeanProps) {
  const { t, format } = useWords();
  if (mean === null) {
    return (
      <span className="faint" data-tip={t("missing.metric", { n })}>
        –
      </span>
    );
  }
  const known = low !== null && high !== null;
  const tip = known
    ? t("interval.tip", { metric, low: format.metric(metric, low), high: format.metric(metric, high), n })
    : t("interval.none", { metric, n });
  return (
    <span className="num" data-tip={tip}>
      {format.metric(metric, mean)}
      {known && <span className={styles.half}> ±{format.metric(metric, (high - low) / 2)}</span>}
    </span>
  );
}
