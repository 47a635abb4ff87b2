import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./client";
import type { components } from "./schema";

export type Distribution = components["schemas"]["Distribution"];
export type SliceMean = components["schemas"]["SliceMean"];

/** `finished` is how far the run is: with more samples they are asked for again. */
export const distributionsQuery = (runId: string, finished: number) =>
  queryOptions({
    queryKey: ["run-distributions", runId, finished],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/runs/{run_id}/distributions", { params: { path: { run_id: runId } }, signal })),
  });

export const sliceMeansQuery = (runId: string, metric: string, finished: number) =>
  queryOptions({
    queryKey: ["run-slices", runId, metric, finished],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/runs/{run_id}/slice-means", {
          params: { path: { run_id: runId }, query: { metric } },
          signal,
        }),
      ),
  });
