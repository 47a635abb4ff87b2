import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useMemo } from "react";
import type { ComparedSample, Comparison } from "@/api/types";
import { Select } from "@/components/Select";
import { VirtualRows } from "@/components/VirtualRows";
import { useWords } from "@/i18n/useWords";
import styles from "./Compare.module.css";
import { DifferencePlot } from "./DifferencePlot";
import { pairsFor, rowsOfComparison } from "./differences";
import { orderMetrics } from "./metrics";
import { PairedRow } from "./PairedRow";
import { SampleDifferences } from "./SampleDifferences";
import { useVerdictOf } from "./useVerdictOf";

const ComparedSlices = lazy(() =>
  import("@/verdicts/ComparedSlices").then((module) => ({ default: module.ComparedSlices })),
);
const NoisePanel = lazy(() =>
  import("@/human/NoisePanel").then((module) => ({ default: module.NoisePanel })),
);

const ESTIMATED_ROW = 190;

export interface Tally {
  worse: number;
  equal: number;
  better: number;
  unknown: number;
}

/** How many samples moved each way on a metric. */
export function tallyOf(samples: Pick<ComparedSample, "difference">[], higherIsBetter: boolean): Tally {
  const tally: Tally = { worse: 0, equal: 0, better: 0, unknown: 0 };
  for (const { difference } of samples) {
    if (difference === null) tally.unknown += 1;
    else if (difference === 0) tally.equal += 1;
    else if (difference > 0 === higherIsBetter) tally.better += 1;
    else tally.worse += 1;
  }
  return tally;
}

export function CompareBody({ comparison }: { comparison: Comparison }) {
  const { t, format } = useWords();
  const navigate = useNavigate({ from: "/runs/compare" });
  const search = useSearch({ from: "/runs/compare" });
  const verdict = useVerdictOf(comparison);
  const { metrics } = comparison;
  const names = orderMetrics(metrics.map((metric) => metric.name));
  // The question of the gate comes first, when there was one.
  const metric = search.metric ?? verdict?.rule.primary.metric ?? comparison.metric;
  const higherIsBetter = metrics.find((candidate) => candidate.name === metric)?.higher_is_better ?? true;
  const samples = useMemo(
    () => pairsFor(comparison.samples, metric, higherIsBetter),
    [comparison.samples, metric, higherIsBetter],
  );
  const tally = useMemo(() => tallyOf(samples, higherIsBetter), [samples, higherIsBetter]);
  const choose = (name: string) => void navigate({ search: { ...search, metric: name }, replace: true });
  const showItem = (item: string) => void navigate({ search: { ...search, item }, replace: true });
  return (
    <VirtualRows
      rows={samples}
      rowHeight={ESTIMATED_ROW}
      measured
      keyOf={(sample) => sample.item}
      label={t("samples.label")}
      selected={search.item}
      scrollTo={search.item}
      render={(sample) => (
        <PairedRow sample={sample} metric={metric} metrics={names} higherIsBetter={higherIsBetter} />
      )}
      lead={
        <div className={styles.lead}>
          <section>
            <header className={styles.sectionHead}>
              <h2>{t("compare.differences")}</h2>
              <span className="faint">{t("compare.interval", { confidence: format.percent(0.95, 0) })}</span>
              <span className={`${styles.push} dim num`}>
                {t("compare.paired", { n: comparison.items_paired })}
                {comparison.items_missing > 0 && (
                  <span className={styles.missing}>
                    {" "}
                    · {t("compare.missing", { n: comparison.items_missing })}
                  </span>
                )}
              </span>
            </header>
            <DifferencePlot rows={rowsOfComparison(metrics, verdict)} chosen={metric} onChoose={choose} />
          </section>
          <Suspense fallback={null}>
            <ComparedSlices
              baseline={comparison.baseline.id}
              candidate={comparison.candidate.id}
              metric={metric}
            />
          </Suspense>
          {comparison.baseline.release.digest === comparison.candidate.release.digest && (
            <Suspense fallback={null}>
              <NoisePanel baseline={comparison.baseline.id} candidate={comparison.candidate.id} />
            </Suspense>
          )}
          <section>
            <header className={styles.sectionHead}>
              <h2>{t("compare.samples")}</h2>
              <Select
                label={t("compare.metric")}
                value={metric}
                onChange={choose}
                options={names.map((name) => ({ value: name, name }))}
              />
              <span className={`${styles.tally} num`}>
                <span className={styles.worse}>{t("compare.tally.worse", { n: tally.worse })}</span>
                <span className="dim">{t("compare.tally.equal", { n: tally.equal })}</span>
                <span className={styles.better}>{t("compare.tally.better", { n: tally.better })}</span>
                {tally.unknown > 0 && (
                  <span className="faint" data-tip={t("missing.pair")}>
                    {t("compare.tally.unknown", { n: tally.unknown })}
                  </span>
                )}
              </span>
            </header>
            <SampleDifferences
              samples={samples}
              metric={metric}
              higherIsBetter={higherIsBetter}
              onChoose={showItem}
            />
          </section>
        </div>
      }
    />
  );
}
