import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./client";
import type { Comparison } from "./types";

/** A metric that a run's samples are sorted by; those without a value come last in both directions. */
export interface SampleOrder {
  metric: string;
  descending: boolean;
}

export const samplesQuery = (id: string, order: SampleOrder | null = null) =>
  infiniteQueryOptions({
    queryKey: ["samples", id, order],
    queryFn: ({ signal, pageParam }) => {
      const sorted = order ? { sort: order.metric, descending: order.descending } : {};
      const params = { path: { run_id: id }, query: { ...sorted, limit: 200, cursor: pageParam } };
      return unwrap(api.GET("/api/v1/runs/{run_id}/samples", { params, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

/** The samples of one item, for a page that has not come to them. */
export const samplesOfItemQuery = (id: string, item: string) =>
  queryOptions({
    queryKey: ["samples-of-item", id, item],
    queryFn: ({ signal }) => {
      const params = { path: { run_id: id }, query: { item } };
      return unwrap(api.GET("/api/v1/runs/{run_id}/samples", { params, signal }));
    },
  });

const COMPARED = 50;

export const comparisonQuery = (baseline: string, candidate: string, metric?: string) =>
  queryOptions({
    queryKey: ["comparison", baseline, candidate, metric],
    queryFn: ({ signal }) => {
      const params = { path: { run_id: candidate }, query: { baseline, metric, limit: COMPARED } };
      return unwrap(api.GET("/api/v1/runs/{run_id}/compare", { params, signal }));
    },
    staleTime: 60_000,
  });

/** The samples of a comparison, the greatest losses first; the first page came with the comparison. */
export const comparedQuery = ({ baseline, candidate, metric, samples, next }: Comparison) =>
  infiniteQueryOptions({
    queryKey: ["compared", baseline.id, candidate.id, metric],
    queryFn: ({ signal, pageParam }) => {
      const query = { baseline: baseline.id, metric, limit: COMPARED, cursor: pageParam };
      const params = { path: { run_id: candidate.id }, query };
      return unwrap(api.GET("/api/v1/runs/{run_id}/compare/samples", { params, signal }));
    },
    initialPageParam: undefined as string | undefined,
    initialData: { pages: [{ items: samples, next }], pageParams: [undefined] },
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 60_000,
  });

export const comparedItemQuery = ({ baseline, candidate, metric }: Comparison, item: string) =>
  queryOptions({
    queryKey: ["compared-item", baseline.id, candidate.id, metric, item],
    queryFn: ({ signal }) => {
      const params = { path: { run_id: candidate.id }, query: { baseline: baseline.id, metric, item } };
      return unwrap(api.GET("/api/v1/runs/{run_id}/compare/samples", { params, signal }));
    },
    staleTime: 60_000,
  });
