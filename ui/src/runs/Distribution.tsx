import { useQuery } from "@tanstack/react-query";
import { distributionsQuery } from "@/api/shapes";
import { useWords } from "@/i18n/useWords";
import styles from "./Distribution.module.css";
import { reasonsLine } from "./reasons";

interface Props {
  run: string;
  metric: string;
  /** Samples so far. */
  finished: number;
  why: Record<string, number>;
}

/** What a card says beyond the mean: how the values lie, and why some are missing. */
export function MetricShape({ run, metric, finished, why }: Props) {
  const words = useWords();
  const line = reasonsLine(words, why);
  return (
    <>
      <Histogram run={run} metric={metric} finished={finished} />
      {line && <div className={styles.why}>{line}</div>}
    </>
  );
}

/** A bar for each value, or for each range of values where there are many. */
function Histogram({ run, metric, finished }: Omit<Props, "why">) {
  const { t, format } = useWords();
  const shape = useQuery(distributionsQuery(run, finished)).data?.items.find(
    (each) => each.metric === metric,
  );
  const bins = shape?.bins ?? [];
  const most = Math.max(...bins.map((bin) => bin.n), 1);
  const shown = (value: number | null | undefined) =>
    value === null || value === undefined ? "–" : format.metric(metric, value);
  const label = t("shapes.label", {
    metric,
    n: shape?.n ?? 0,
    median: shown(shape?.median),
    low: shown(shape?.p5),
    high: shown(shape?.p95),
  });
  // The frame is there before its bars, so that nothing below moves when they come.
  return (
    <div className={styles.frame}>
      {bins.length > 0 && (
        <>
          <div
            className={styles.bars}
            role="img"
            aria-label={label}
            data-few={bins.length <= FEW || undefined}
          >
            {bins.map(({ low, high, n }) => (
              <span
                key={low}
                className={styles.bar}
                data-tip={
                  low === high
                    ? t("shapes.value", { value: shown(low), n })
                    : t("shapes.bin", { low: shown(low), high: shown(high), n })
                }
              >
                <span style={{ height: n ? `max(2px, ${(100 * n) / most}%)` : 0 }} />
              </span>
            ))}
          </div>
          <div className={`${styles.ends} num`}>
            <span>{shown(bins[0]?.low)}</span>
            {bins.length > 1 && <span>{shown(bins.at(-1)?.high)}</span>}
          </div>
        </>
      )}
    </div>
  );
}

/** So few bars do not stretch over the whole card. */
const FEW = 3;
