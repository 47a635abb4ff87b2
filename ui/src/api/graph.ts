import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./client";
import { startOf } from "./queries";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Graph = Schemas["Graph"];
export type GraphEdge = Schemas["Edge"];
export type GraphNode = Schemas["Node"];
export type GraphDifference = Schemas["GraphDifference"];
export type EdgeDifference = Schemas["EdgeDifference"];
export type EdgeSide = Schemas["EdgeSide"];
export type Change = EdgeDifference["change"];
export type Loop = Schemas["Loop"];
export type Rate = Schemas["Rate"];
export type Retry = Schemas["Retry"];
export type Scope = Schemas["Scope"];
export type TraceGraph = Schemas["TraceGraph"];
export type Variant = Schemas["Variant"];
export type NodeKind = GraphNode["kind"];

/** Which traces a graph is made of, as the URL holds it. */
export interface GraphFilter {
  release?: string;
  environment?: string;
  since?: string;
}

const STALE_MS = 60_000;
const USUAL_PERIOD = "7d";

const parameters = ({ environment, since }: GraphFilter) => ({
  environment,
  from: startOf(since ?? USUAL_PERIOD),
});

export const graphQuery = (filter: GraphFilter) =>
  queryOptions({
    queryKey: ["graph", filter],
    queryFn: ({ signal }) => {
      const query = { release: filter.release, ...parameters(filter) };
      return unwrap(api.GET("/api/v1/graph", { params: { query }, signal }));
    },
    staleTime: STALE_MS,
    placeholderData: keepPreviousData,
  });

export const graphDifferenceQuery = (base: string, candidate: string, filter: GraphFilter) =>
  queryOptions({
    queryKey: ["graph-difference", base, candidate, filter.environment, filter.since],
    queryFn: ({ signal }) => {
      const query = { base, candidate, ...parameters(filter) };
      return unwrap(api.GET("/api/v1/graph/difference", { params: { query }, signal }));
    },
    staleTime: STALE_MS,
    placeholderData: keepPreviousData,
  });

export const traceGraphQuery = (id: string) =>
  queryOptions({
    queryKey: ["trace-graph", id],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/traces/{trace_id}/graph", { params: { path: { trace_id: id } }, signal })),
    staleTime: STALE_MS,
  });
