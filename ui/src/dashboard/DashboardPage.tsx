import "./texts";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useMemo, useState } from "react";
import type { DashboardChart } from "@/api/charts";
import { newTracesQuery } from "@/api/queries";
import { useMay } from "@/api/session";
import { Icon } from "@/components/Icon";
import { Page } from "@/components/Page";
import { EmptyState, ErrorState, SkeletonRows } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import { ChartCard } from "./ChartCard";
import styles from "./Dashboard.module.css";
import { DashboardBar, type DashboardSearch } from "./DashboardBar";
import { blankChart, newId } from "./measures";
import { Notice } from "./Notice";
import { rangeOf, refreshMs } from "./period";
import { useDashboard } from "./useDashboard";
import { useNow } from "./useNow";

const EditorPanel = lazy(() => import("./EditorPanel").then((module) => ({ default: module.EditorPanel })));

export function DashboardPage() {
  const { t } = useWords();
  const navigate = useNavigate({ from: "/dashboard" });
  const search = useSearch({ from: "/dashboard" });
  const mayEdit = useMay("editor");
  const [paused, setPaused] = useState(false);
  const [edited, setEdited] = useState<DashboardChart | null>(null);
  const every = refreshMs(search);
  const now = useNow(paused ? null : every);
  const range = useMemo(() => rangeOf(search, now), [search, now]);
  const dashboard = useDashboard();
  const { query, charts } = dashboard;
  const anyTrace = useQuery({ ...newTracesQuery({}), refetchInterval: false });
  const setSearch = (next: DashboardSearch) => void navigate({ search: { ...next } });

  const actionsOf = (item: DashboardChart, at: number) => ({
    edit: () => setEdited(item),
    duplicate: () => dashboard.insertAfter(item.id, { ...item, id: newId() }),
    remove: () => dashboard.remove(item),
    left: at > 0 ? () => dashboard.shift(item.id, -1) : undefined,
    right: at < charts.length - 1 ? () => dashboard.shift(item.id, 1) : undefined,
  });

  return (
    <Page
      fill
      title={t("nav.dashboard")}
      actions={
        <>
          {every !== null && <PauseButton paused={paused} onToggle={() => setPaused(!paused)} />}
          <Button
            variant="default"
            leftSection={<Icon name="plus" size={13} />}
            disabled={!mayEdit || !query.data}
            data-tip={mayEdit ? undefined : t("dash.viewer")}
            onClick={() => setEdited(blankChart())}
          >
            {t("dash.add")}
          </Button>
        </>
      }
    >
      <DashboardBar search={search} onChange={setSearch} />
      <Notice dashboard={dashboard} />
      <div className={styles.body}>
        {query.isError ? (
          <ErrorState error={query.error} retry={() => void query.refetch()} />
        ) : !query.data ? (
          <SkeletonRows rows={10} />
        ) : anyTrace.data?.items.length === 0 ? (
          <EmptyState
            icon="dashboard"
            title={t("traces.empty")}
            text={t("traces.empty.text")}
            command={`OTEL_EXPORTER_OTLP_ENDPOINT=${window.location.origin} python app.py`}
          />
        ) : charts.length === 0 ? (
          <EmptyState icon="dashboard" title={t("dash.empty")} text={t("dash.empty.text")} />
        ) : (
          <div className={styles.grid}>
            {charts.map((item, at) => (
              <ChartCard
                key={item.id}
                item={item}
                range={range}
                environment={search.environment}
                release={search.release}
                onZoom={(zoomed) => setSearch({ ...search, since: undefined, ...zoomed })}
                actions={mayEdit ? actionsOf(item, at) : undefined}
              />
            ))}
          </div>
        )}
        {edited && (
          <Suspense fallback={null}>
            <EditorPanel
              key={edited.id}
              item={edited}
              isNew={!charts.some((each) => each.id === edited.id)}
              range={range}
              onClose={() => setEdited(null)}
              onSave={(item) => {
                dashboard.put(item);
                setEdited(null);
              }}
            />
          </Suspense>
        )}
      </div>
    </Page>
  );
}

function PauseButton({ paused, onToggle }: { paused: boolean; onToggle: () => void }) {
  const { t } = useWords();
  const label = t(paused ? "dash.resume" : "dash.pause");
  return (
    <button type="button" className={styles.pause} onClick={onToggle} aria-label={label} data-tip={label}>
      <Icon name={paused ? "play" : "pause"} size={14} />
    </button>
  );
}
