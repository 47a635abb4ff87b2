import {
  createRootRoute,
  createRoute,
  createRouter,
  type ErrorComponentProps,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import type { FrontierSearch } from "@/api/frontier";
import {
  auditQuery,
  overviewQuery,
  runQuery,
  runsQuery,
  type TraceFilter,
  traceQuery,
  tracesQuery,
  verdictQuery,
  verificationQuery,
} from "@/api/queries";
import { conversationQuery, sessionsQuery, turnsQuery, userQuery, usersQuery } from "@/api/sessions";
import { ErrorState } from "@/components/States";
import { Frame } from "./Frame";
import { NotFound } from "./NotFound";
import { queryClient } from "./queryClient";
import { parseSearch, pick, pickList, stringifySearch } from "./search";

function RouteError({ error, reset }: ErrorComponentProps) {
  return <ErrorState error={error} retry={reset} />;
}

const root = createRootRoute({ component: Frame, notFoundComponent: NotFound });

/** Data asked for when a link is hovered, so that a click finds it there; failures show on the page itself. */
const warm = (...queries: unknown[]) => {
  for (const query of queries) void queryClient.prefetchQuery(query as { queryKey: readonly unknown[] });
};

const overview = createRoute({
  getParentRoute: () => root,
  path: "/",
  loader: () => warm(overviewQuery()),
  component: lazyRouteComponent(() => import("@/overview/OverviewPage"), "OverviewPage"),
});

const FILTER = ["q", "status", "release", "environment", "run", "since", "from", "to"] as const;

export interface TracesSearch extends TraceFilter {
  trace?: string;
  span?: string;
}

/** A list that is filtered as traces are, with the trace and the span that are open beside it. */
const filteredSearch = (search: Record<string, unknown>): TracesSearch => {
  const { status, ...rest } = pick(search, [...FILTER, "trace", "span"]);
  return {
    ...rest,
    status: status === "ok" || status === "error" ? status : undefined,
    where: pickList(search, "where"),
  };
};

const traces = createRoute({
  getParentRoute: () => root,
  path: "/traces",
  validateSearch: filteredSearch,
  loaderDeps: ({ search: { trace: _trace, span: _span, ...filter } }) => filter,
  loader: ({ deps }) => void queryClient.prefetchInfiniteQuery(tracesQuery(deps)),
  component: lazyRouteComponent(() => import("@/traces/TracesPage"), "TracesPage"),
});

const spans = createRoute({
  getParentRoute: () => root,
  path: "/spans",
  validateSearch: filteredSearch,
  component: lazyRouteComponent(() => import("@/spans/SpansPage"), "SpansPage"),
});

const trace = createRoute({
  getParentRoute: () => root,
  path: "/traces/$traceId",
  validateSearch: (search: Record<string, unknown>) => pick(search, ["span", "view", "against"]),
  loader: ({ params }) => warm(traceQuery(params.traceId)),
  component: lazyRouteComponent(() => import("@/traces/TracePage"), "TracePage"),
});

const graph = createRoute({
  getParentRoute: () => root,
  path: "/graph",
  validateSearch: (search: Record<string, unknown>) =>
    pick(search, ["release", "against", "environment", "since", "step", "source", "target"]),
  component: lazyRouteComponent(() => import("@/graph/GraphPage"), "GraphPage"),
});

const query = createRoute({
  getParentRoute: () => root,
  path: "/query",
  validateSearch: (search: Record<string, unknown>) => pick(search, ["sql"]),
  component: lazyRouteComponent(() => import("@/query/QueryPage"), "QueryPage"),
});

const sessions = createRoute({
  getParentRoute: () => root,
  path: "/sessions",
  validateSearch: filteredSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ deps }) => void queryClient.prefetchInfiniteQuery(sessionsQuery(deps)),
  component: lazyRouteComponent(() => import("@/sessions/SessionsPage"), "SessionsPage"),
});

const session = createRoute({
  getParentRoute: () => root,
  path: "/sessions/$sessionId",
  validateSearch: (search: Record<string, unknown>) => pick(search, ["trace", "span"]),
  loader: ({ params }) => {
    warm(conversationQuery(params.sessionId));
    void queryClient.prefetchInfiniteQuery(turnsQuery(params.sessionId));
  },
  component: lazyRouteComponent(() => import("@/sessions/SessionPage"), "SessionPage"),
});

const users = createRoute({
  getParentRoute: () => root,
  path: "/users",
  validateSearch: filteredSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ deps }) => void queryClient.prefetchInfiniteQuery(usersQuery(deps)),
  component: lazyRouteComponent(() => import("@/sessions/UsersPage"), "UsersPage"),
});

const user = createRoute({
  getParentRoute: () => root,
  path: "/users/$userId",
  validateSearch: (search: Record<string, unknown>) => pick(search, ["tab", "trace", "span"]),
  loader: ({ params }) => {
    warm(userQuery(params.userId));
    void queryClient.prefetchInfiniteQuery(sessionsQuery({ user: params.userId }));
  },
  component: lazyRouteComponent(() => import("@/sessions/UserPage"), "UserPage"),
});

const dashboard = createRoute({
  getParentRoute: () => root,
  path: "/dashboard",
  validateSearch: (search: Record<string, unknown>) =>
    pick(search, ["since", "from", "to", "environment", "release"]),
  component: lazyRouteComponent(() => import("@/dashboard/DashboardPage"), "DashboardPage"),
});

const releases = createRoute({
  getParentRoute: () => root,
  path: "/releases",
  component: lazyRouteComponent(() => import("@/releases/ReleasesPage"), "ReleasesPage"),
});

const release = createRoute({
  getParentRoute: () => root,
  path: "/releases/$name/$ref",
  validateSearch: (search: Record<string, unknown>) => pick(search, ["tab", "against"]),
  component: lazyRouteComponent(() => import("@/releases/ReleasePage"), "ReleasePage"),
});

const datasets = createRoute({
  getParentRoute: () => root,
  path: "/datasets",
  component: lazyRouteComponent(() => import("@/datasets/DatasetsPage"), "DatasetsPage"),
});

const dataset = createRoute({
  getParentRoute: () => root,
  path: "/datasets/$name",
  validateSearch: (search: Record<string, unknown>) =>
    pick(search, ["version", "tab", "against", "q", "split", "made", "item"]),
  component: lazyRouteComponent(() => import("@/datasets/DatasetPage"), "DatasetPage"),
});

const evaluators = createRoute({
  getParentRoute: () => root,
  path: "/evaluators",
  component: lazyRouteComponent(() => import("@/evaluators/EvaluatorsPage"), "EvaluatorsPage"),
});

const evaluator = createRoute({
  getParentRoute: () => root,
  path: "/evaluators/$name",
  validateSearch: (search: Record<string, unknown>) => pick(search, ["version", "tab", "against"]),
  component: lazyRouteComponent(() => import("@/evaluators/EvaluatorPage"), "EvaluatorPage"),
});

const calibration = createRoute({
  getParentRoute: () => root,
  path: "/evaluators/$name/calibration",
  validateSearch: (search: Record<string, unknown>) => pick(search, ["calibration"]),
  component: lazyRouteComponent(() => import("@/calibration/CalibrationPage"), "CalibrationPage"),
});

const reviews = createRoute({
  getParentRoute: () => root,
  path: "/reviews",
  component: lazyRouteComponent(() => import("@/reviews/QueuePage"), "ReviewsPage"),
});

const queue = createRoute({
  getParentRoute: () => root,
  path: "/reviews/$queue",
  validateSearch: (search: Record<string, unknown>) => pick(search, ["state"]),
  component: lazyRouteComponent(() => import("@/reviews/QueuePage"), "QueuePage"),
});

const reviewing = createRoute({
  getParentRoute: () => root,
  path: "/reviews/$queue/$task",
  component: lazyRouteComponent(() => import("@/reviews/TaskPage"), "TaskPage"),
});

/** Three pages in one: each import is told of in the first load. */
const arenaPages = () => import("@/arenas/ArenaPage");

const arenas = createRoute({
  getParentRoute: () => root,
  path: "/arenas",
  component: lazyRouteComponent(arenaPages, "ArenasPage"),
});

const arena = createRoute({
  getParentRoute: () => root,
  path: "/arenas/$arena",
  component: lazyRouteComponent(arenaPages, "ArenaPage"),
});

const battle = createRoute({
  getParentRoute: () => root,
  path: "/arenas/$arena/vote",
  component: lazyRouteComponent(arenaPages, "BattlePage"),
});

const runs = createRoute({
  getParentRoute: () => root,
  path: "/runs",
  loader: () => void queryClient.prefetchInfiniteQuery(runsQuery()),
  component: lazyRouteComponent(() => import("@/runs/RunsPage"), "RunsPage"),
});

const compare = createRoute({
  getParentRoute: () => root,
  path: "/runs/compare",
  validateSearch: (search: Record<string, unknown>) =>
    pick(search, ["baseline", "candidate", "metric", "item"]),
  component: lazyRouteComponent(() => import("@/runs/ComparePage"), "ComparePage"),
});

const frontier = createRoute({
  getParentRoute: () => root,
  path: "/runs/frontier",
  // The page reads it: what is checked here weighs on the first load of every page.
  validateSearch: (search: FrontierSearch & Record<string, unknown>) => search as FrontierSearch,
  component: lazyRouteComponent(() => import("@/runs/FrontierPage"), "FrontierPage"),
});

const run = createRoute({
  getParentRoute: () => root,
  path: "/runs/$runId",
  validateSearch: (search: Record<string, unknown>) => pick(search, ["item"]),
  loader: ({ params }) => warm(runQuery(params.runId)),
  component: lazyRouteComponent(() => import("@/runs/RunPage"), "RunPage"),
});

const verdict = createRoute({
  getParentRoute: () => root,
  path: "/verdicts/$verdictId",
  loader: ({ params }) => warm(verdictQuery(params.verdictId)),
  component: lazyRouteComponent(() => import("@/verdicts/VerdictPage"), "VerdictPage"),
});

const audit = createRoute({
  getParentRoute: () => root,
  path: "/audit",
  validateSearch: (search: Record<string, unknown>) => pick(search, ["entry"]),
  loader: () => {
    warm(verificationQuery());
    void queryClient.prefetchInfiniteQuery(auditQuery());
  },
  component: lazyRouteComponent(() => import("@/audit/AuditPage"), "AuditPage"),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  component: lazyRouteComponent(() => import("@/settings/SettingsLayout"), "SettingsLayout"),
});

const settingsIndex = createRoute({
  getParentRoute: () => settings,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/settings/masking", replace: true });
  },
});

const masking = createRoute({
  getParentRoute: () => settings,
  path: "/masking",
  component: lazyRouteComponent(() => import("@/settings/masking/MaskingPage"), "MaskingPage"),
});

const retention = createRoute({
  getParentRoute: () => settings,
  path: "/retention",
  component: lazyRouteComponent(() => import("@/settings/retention/RetentionPage"), "RetentionPage"),
});

const prices = createRoute({
  getParentRoute: () => settings,
  path: "/prices",
  component: lazyRouteComponent(() => import("@/settings/prices/PricesPage"), "PricesPage"),
});

const erasure = createRoute({
  getParentRoute: () => settings,
  path: "/erasure",
  validateSearch: (search: Record<string, unknown>) => pick(search, ["user", "session", "trace"]),
  component: lazyRouteComponent(() => import("@/settings/erasure/ErasurePage"), "ErasurePage"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    overview,
    traces,
    spans,
    trace,
    graph,
    query,
    sessions,
    session,
    users,
    user,
    dashboard,
    releases,
    release,
    datasets,
    dataset,
    evaluators,
    evaluator,
    calibration,
    reviews,
    queue,
    reviewing,
    arenas,
    arena,
    battle,
    runs,
    compare,
    frontier,
    run,
    verdict,
    audit,
    settings.addChildren([settingsIndex, masking, retention, prices, erasure]),
  ]),
  defaultErrorComponent: RouteError,
  defaultPreload: "intent",
  defaultPreloadDelay: 40,
  scrollRestoration: true,
  parseSearch,
  stringifySearch,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
