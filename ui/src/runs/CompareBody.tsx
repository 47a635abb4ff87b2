import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useMemo } from "react";
import { comparedItemQuery, comparedQuery, comparisonQuery } from "@/api/samples";
import type { Comparison } from "@/api/types";
import { Select } from "@/components/Select";
import { VirtualRows } from "@/components/VirtualRows";
import { useWords } from "@/i18n/useWords";
import styles from "./Compare.module.css";
import { DifferencePlot } from "./DifferencePlot";
import { rowsOfComparison } from "./differences";
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

/** The comparison by the metric that is asked about: by default the gate's question, when there was one. */
export function CompareBody({ comparison: first }: { comparison: Comparison }) {
  const { metric: asked } = useSearch({ from: "/runs/compare" });
  const verdict = useVerdictOf(first);
  const metric = asked ?? verdict?.rule.primary.metric ?? first.metric;
  const { baseline, candidate } = first;
  const other = useQuery({
    ...comparisonQuery(baseline.id, candidate.id, metric),
    enabled: metric !== first.metric,
    placeholderData: keepPreviousData,
  });
  const comparison = metric === first.metric ? first : (other.data ?? first);
  return <Compared comparison={comparison} chosen={metric} />;
}

function Compared({ comparison, chosen }: { comparison: Comparison; chosen: string }) {
  const { t, format } = useWords();
  const navigate = useNavigate({ from: "/runs/compare" });
  const search = useSearch({ from: "/runs/compare" });
  const verdict = useVerdictOf(comparison);
  const { metrics, metric, tally } = comparison;
  const names = orderMetrics(metrics.map((each) => each.name));
  const higherIsBetter = metrics.find((candidate) => candidate.name === metric)?.higher_is_better ?? true;
  const pages = useInfiniteQuery(comparedQuery(comparison));
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  const loaded = useMemo(() => pages.data.pages.flatMap((page) => page.items), [pages.data]);
  const isLoaded = loaded.some((sample) => sample.item === search.item);
  const alone = useQuery({
    ...comparedItemQuery(comparison, search.item ?? ""),
    enabled: search.item !== undefined && !isLoaded,
  });
  // An item that no page has brought yet stands first, until its page comes.
  const samples = isLoaded || !search.item ? loaded : [...(alone.data?.items ?? []), ...loaded];
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
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
      onEnd={onEnd}
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
            <DifferencePlot rows={rowsOfComparison(metrics, verdict)} chosen={chosen} onChoose={choose} />
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
                value={chosen}
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
              known={comparison.differences}
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
