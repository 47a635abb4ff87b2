import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./client";
import type { Kind } from "./types";

const PAGE = 100;

/** Filters of the trace list, as the URL holds them; `since` is a span of time such as 24h. */
export interface TraceFilter {
  q?: string;
  status?: "ok" | "error";
  release?: string;
  environment?: string;
  run?: string;
  since?: string;
  from?: string;
  to?: string;
  /** Conditions on one span, such as request_model=gpt-5; all of them must hold. */
  where?: string[];
}

const UNIT_MS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

export function startOf(since: string, now = Date.now()): string | undefined {
  const match = /^(\d+)([mhd])$/.exec(since);
  if (!match) return undefined;
  return new Date(now - Number(match[1]) * (UNIT_MS[match[2] ?? ""] ?? 0)).toISOString();
}

export function traceParameters({ since, ...filter }: TraceFilter) {
  return { ...filter, from: filter.from ?? (since ? startOf(since) : undefined) };
}

export const sessionQuery = () =>
  queryOptions({
    queryKey: ["session"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/session", { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const overviewQuery = () =>
  queryOptions({
    queryKey: ["overview"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/overview", { signal })),
    refetchInterval: 15_000,
  });

export const tracesQuery = (filter: TraceFilter) =>
  infiniteQueryOptions({
    queryKey: ["traces", filter],
    queryFn: ({ signal, pageParam }) => {
      const query = { ...traceParameters(filter), limit: PAGE, cursor: pageParam };
      return unwrap(api.GET("/api/v1/traces", { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

/** The newest page again, on its own, to say how many traces came since the list was loaded. */
export const newTracesQuery = (filter: TraceFilter) =>
  queryOptions({
    queryKey: ["traces-new", filter],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/traces", { params: { query: { ...traceParameters(filter), limit: 50 } }, signal }),
      ),
    refetchInterval: 10_000,
  });

export const spansQuery = (filter: TraceFilter) =>
  infiniteQueryOptions({
    queryKey: ["spans", filter],
    queryFn: ({ signal, pageParam }) => {
      const query = { ...traceParameters(filter), limit: PAGE, cursor: pageParam };
      return unwrap(api.GET("/api/v1/spans", { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const traceQuery = (id: string) =>
  queryOptions({
    queryKey: ["trace", id],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/traces/{trace_id}/spans", { params: { path: { trace_id: id } }, signal })),
    staleTime: 60_000,
  });

/** A trace with the contents of all its spans, as a comparison needs it. */
export const wholeTraceQuery = (id: string) =>
  queryOptions({
    queryKey: ["whole-trace", id],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/traces/{trace_id}", { params: { path: { trace_id: id } }, signal })),
    staleTime: 60_000,
  });

export const spanQuery = (traceId: string, spanId: string) =>
  queryOptions({
    queryKey: ["span", traceId, spanId],
    queryFn: ({ signal }) => {
      const params = { path: { trace_id: traceId, span_id: spanId } };
      return unwrap(api.GET("/api/v1/traces/{trace_id}/spans/{span_id}", { params, signal }));
    },
    staleTime: 60_000,
  });

export const artifactsQuery = (kind: Kind) =>
  queryOptions({
    queryKey: ["artifacts", kind],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/artifacts", { params: { query: { kind } }, signal })),
  });

export const artifactQuery = (kind: Kind, name: string) =>
  queryOptions({
    queryKey: ["artifact", kind, name],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/artifacts/{kind}/{name}", { params: { path: { kind, name } }, signal })),
  });

export const versionQuery = (kind: Kind, name: string, ref: string) =>
  queryOptions({
    queryKey: ["version", kind, name, ref],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/artifacts/{kind}/{name}/versions/{ref}", {
          params: { path: { kind, name, ref } },
          signal,
        }),
      ),
    // The content behind a digest never changes; a label or number may gain labels.
    staleTime: ref.startsWith("sha256:") ? 300_000 : 10_000,
  });

export const diffQuery = (name: string, from: string, to: string) =>
  queryOptions({
    queryKey: ["diff", name, from, to],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/artifacts/{kind}/{name}/diff", {
          params: { path: { kind: "release", name }, query: { from, to } },
          signal,
        }),
      ),
    staleTime: 300_000,
  });

export const environmentsQuery = () =>
  queryOptions({
    queryKey: ["environments"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/environments", { signal })),
  });

export const runsQuery = (release?: string) =>
  infiniteQueryOptions({
    queryKey: ["runs", release ?? ""],
    queryFn: ({ signal, pageParam }) => {
      const query = { limit: PAGE, cursor: pageParam, release };
      return unwrap(api.GET("/api/v1/runs", { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: (query) =>
      query.state.data?.pages.some((page) => page.items.some((run) => isActive(run.state))) ? 2_000 : false,
  });

export const isActive = (state: string) => state === "queued" || state === "running";

export const runQuery = (id: string) =>
  queryOptions({
    queryKey: ["run", id],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/runs/{run_id}", { params: { path: { run_id: id } }, signal })),
    refetchInterval: (query) => (query.state.data && isActive(query.state.data.state) ? 1_500 : false),
  });

export const verdictsQuery = (release?: string) =>
  queryOptions({
    queryKey: ["verdicts", release ?? ""],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/verdicts", { params: { query: { release } }, signal })),
  });

export const verdictQuery = (id: string) =>
  queryOptions({
    queryKey: ["verdict", id],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/verdicts/{verdict_id}", { params: { path: { verdict_id: id } }, signal })),
  });

export const auditQuery = () =>
  infiniteQueryOptions({
    queryKey: ["audit"],
    queryFn: ({ signal, pageParam }) =>
      unwrap(api.GET("/api/v1/audit", { params: { query: { limit: PAGE, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

/** One entry by its number; null when the project has none of it. */
export const auditEntryQuery = (seq: number) =>
  queryOptions({
    queryKey: ["audit-entry", seq],
    queryFn: async ({ signal }) => {
      const query = { limit: 1, cursor: String(seq + 1) };
      const { items } = await unwrap(api.GET("/api/v1/audit", { params: { query }, signal }));
      return items.find((entry) => entry.seq === seq) ?? null;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });

export const verificationQuery = () =>
  queryOptions({
    queryKey: ["audit-verification"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/audit/verification", { signal })),
  });
