import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { traceQuery } from "@/api/queries";
import { CopyButton } from "@/components/Copy";
import { StatusMark } from "@/components/Marks";
import { Page } from "@/components/Page";
import { Loaded, SkeletonRows } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import { TraceFacts } from "./TraceFacts";
import { TraceTabs } from "./TraceTabs";
import { TraceView } from "./TraceView";

const TraceGraphView = lazy(() =>
  import("@/graph/TraceGraphView").then((module) => ({ default: module.TraceGraphView })),
);
const TraceMenus = lazy(() => import("./TraceMenus").then((module) => ({ default: module.TraceMenus })));
const TraceComparison = lazy(() =>
  import("./TraceComparison").then((module) => ({ default: module.TraceComparison })),
);

export function TracePage() {
  const { t } = useWords();
  const navigate = useNavigate({ from: "/traces/$traceId" });
  const { traceId } = useParams({ from: "/traces/$traceId" });
  const { span, view, against } = useSearch({ from: "/traces/$traceId" });
  const query = useQuery(traceQuery(traceId));
  const trace = query.data;
  return (
    <Page
      fill
      title={trace ? `${trace.name} ${traceId.slice(0, 8)}` : t("trace.title")}
      trail={<Link to="/traces">{t("nav.traces")}</Link>}
      heading={
        <>
          {trace && <StatusMark status={trace.status} />}
          <h1 className="clip">{trace?.name ?? t("trace.title")}</h1>
          <span className="mono faint">{traceId.slice(0, 8)}</span>
          <CopyButton text={traceId} label={t("trace.copy_id")} />
        </>
      }
      actions={
        <>
          {trace && (
            <Suspense fallback={null}>
              <TraceMenus trace={trace} against={against} />
            </Suspense>
          )}
          <TraceTabs traceId={traceId} view={view} span={span} />
        </>
      }
    >
      <Loaded query={query}>
        {(loaded) => (
          <>
            <TraceFacts trace={loaded} />
            {against ? (
              <Suspense fallback={<SkeletonRows />}>
                <TraceComparison traceId={traceId} against={against} />
              </Suspense>
            ) : view === "graph" ? (
              <Suspense fallback={<SkeletonRows />}>
                <TraceGraphView traceId={traceId} onSpan={(id) => void navigate({ search: { span: id } })} />
              </Suspense>
            ) : (
              <TraceView
                trace={loaded}
                spanId={span}
                onSpan={(id) => void navigate({ search: { span: id }, replace: true })}
              />
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}
