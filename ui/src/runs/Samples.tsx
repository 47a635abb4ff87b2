import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type SampleOrder, samplesOfItemQuery, samplesQuery } from "@/api/samples";
import type { Run, Sample } from "@/api/types";
import { Icon } from "@/components/Icon";
import { StatusMark } from "@/components/Marks";
import { EmptyState, ErrorState, SkeletonRows } from "@/components/States";
import { Missing } from "@/components/Value";
import { VirtualRows } from "@/components/VirtualRows";
import { useWords } from "@/i18n/useWords";
import { oneLine, orderMetrics } from "./metrics";
import styles from "./Runs.module.css";
import list from "./Samples.module.css";

const SamplePanel = lazy(() => import("./SamplePanel").then((module) => ({ default: module.SamplePanel })));

const ROW = 32;
const typeOf = (made: Sample["media"][number]) => made.mime_type;

/** What tells a sample from the others of its run: its item, and for a later repeat its number too. */
export function keyOf(sample: Sample): string {
  return sample.repeat > 1 ? `${sample.item}~${sample.repeat}` : sample.item;
}

/** The item of a sample's key. */
export function itemOf(key: string): string {
  return key.replace(/~\d+$/, "");
}

interface SamplesProps {
  run: Run;
  /** The summary above the rows; it scrolls away with them. */
  children: ReactNode;
}

export function Samples({ run, children }: SamplesProps) {
  const { t } = useWords();
  const navigate = useNavigate({ from: "/runs/$runId" });
  const { item } = useSearch({ from: "/runs/$runId" });
  const [order, setOrder] = useState<SampleOrder | null>(null);
  const query = useInfiniteQuery({ ...samplesQuery(run.id, order), placeholderData: keepPreviousData });
  const { hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query;

  // New samples of a running run appear as they finish, the last ones with its end.
  const progress = `${run.state} ${run.finished_items}`;
  const shown = useRef(progress);
  useEffect(() => {
    if (shown.current !== progress) void refetch();
    shown.current = progress;
  }, [progress, refetch]);

  const samples = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  // In the order of the run; a metric without a single value needs no column, its card above says why.
  const metrics = useMemo(() => {
    const measured = new Set(
      samples.flatMap(({ scores }) => Object.keys(scores).filter((name) => scores[name] !== null)),
    );
    return orderMetrics([...Object.keys(run.metrics), ...measured]).filter((name) => measured.has(name));
  }, [samples, run.metrics]);
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const show = (sample: Sample | undefined) =>
    void navigate({ search: { item: sample && keyOf(sample) }, replace: true });

  const note = query.isError ? (
    <ErrorState error={query.error} retry={() => void refetch()} />
  ) : !query.data ? (
    <SkeletonRows />
  ) : samples.length === 0 ? (
    <EmptyState icon="dataset" title={t("samples.empty")} text={t("samples.empty.text")} />
  ) : undefined;
  // Text columns share what the metrics leave; below their least width the table scrolls sideways.
  const columns = `14px 100px minmax(0, 1fr) minmax(0, 1.3fr) repeat(${metrics.length}, 76px)`;
  const least = 14 + 100 + 340 + metrics.length * 76 + (metrics.length + 3) * 12 + 40;
  const loaded = samples.find((sample) => keyOf(sample) === item);
  const alone = useQuery({
    ...samplesOfItemQuery(run.id, itemOf(item ?? "")),
    enabled: item !== undefined && query.data !== undefined && !loaded,
  });
  const open = loaded ?? alone.data?.items.find((sample) => keyOf(sample) === item);
  return (
    <div
      className={styles.samples}
      style={{ "--columns": columns, "--least": `${least}px` } as React.CSSProperties}
    >
      <VirtualRows
        rows={samples}
        rowHeight={ROW}
        keyOf={keyOf}
        label={t("samples.label")}
        selected={item}
        onSelect={show}
        onEnd={onEnd}
        lead={children}
        header={!note && <Head metrics={metrics} order={order} onOrder={setOrder} />}
        footer={note}
        render={(sample) => (
          <Row
            sample={sample}
            repeated={run.repeats > 1}
            metrics={metrics}
            open={keyOf(sample) === item}
            onOpen={() => show(sample)}
          />
        )}
      />
      {open && (
        <Suspense fallback={null}>
          <SamplePanel
            sample={open}
            repeats={run.repeats}
            metrics={metrics}
            dataset={run.dataset}
            onClose={() => show(undefined)}
          />
        </Suspense>
      )}
    </div>
  );
}

interface HeadProps {
  metrics: string[];
  order: SampleOrder | null;
  onOrder: (order: SampleOrder | null) => void;
}

function Head({ metrics, order, onOrder }: HeadProps) {
  const { t } = useWords();
  // First click: worst first for scores (ascending); second: the other way; third: the dataset's order.
  const next = (metric: string): SampleOrder | null => {
    if (order?.metric !== metric) return { metric, descending: false };
    return order.descending ? null : { metric, descending: true };
  };
  return (
    <div className={`${list.row} ${list.head}`}>
      <span />
      <span>{t("samples.item")}</span>
      <span>{t("samples.input")}</span>
      <span>{t("samples.output")}</span>
      {metrics.map((metric) => (
        <button
          key={metric}
          type="button"
          className={list.sort}
          onClick={() => onOrder(next(metric))}
          aria-pressed={order?.metric === metric}
          data-tip={`${metric}\n${t("samples.sort")}`}
        >
          {order?.metric === metric && (
            <span className={list.arrow} data-up={!order.descending || undefined}>
              <Icon name="down" size={10} />
            </span>
          )}
          <span className="clip">{metric}</span>
        </button>
      ))}
    </div>
  );
}

interface RowProps {
  sample: Sample;
  repeated: boolean;
  metrics: string[];
  open: boolean;
  onOpen: () => void;
}

function Row({ sample, repeated, metrics, open, onOpen }: RowProps) {
  const { t, format } = useWords();
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the button inside takes the keys; the row is a larger target
    // biome-ignore lint/a11y/noStaticElementInteractions: as above
    <div className={`${list.row} ${list.body}`} data-open={open || undefined} onClick={onOpen}>
      <StatusMark status={sample.error ? "error" : "ok"} />
      <button type="button" className={list.item} onClick={onOpen}>
        <span className="clip">{sample.item}</span>
        {repeated && <span className="faint num">#{sample.repeat}</span>}
      </button>
      <span className="clip">{oneLine(sample.input)}</span>
      <span className={`clip ${sample.error ? list.error : ""}`}>
        {sample.error ?? (oneLine(sample.output) || sample.media.map(typeOf).join(", "))}
      </span>
      {metrics.map((metric) => {
        const value = sample.scores[metric];
        return (
          <span key={metric} className={`${list.value} num`}>
            {value === null || value === undefined ? (
              <Missing reason={sample.error ? t("missing.failed_sample") : t("missing.score")} />
            ) : (
              format.metric(metric, value)
            )}
          </span>
        );
      })}
    </div>
  );
}
