import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./client";
import type { components } from "./schema";

export type JudgedMetric = components["schemas"]["JudgedMetric"];
export type CorrectedMetric = components["schemas"]["CorrectedMetric"];
export type HumanEvidence = components["schemas"]["HumanEvidence"];
export type HumanLabels = components["schemas"]["HumanLabels"];
export type NoisyMetric = components["schemas"]["NoisyMetric"];

/** A run's judged metrics, corrected by what people said of its samples. */
export const judgedMetricsQuery = (runId: string) =>
  queryOptions({
    queryKey: ["run-human", runId],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/runs/{run_id}/human", { params: { path: { run_id: runId } }, signal })),
  });

/** By how much two runs of one release differ. */
export const noiseQuery = (runId: string, other: string) =>
  queryOptions({
    queryKey: ["noise", runId, other],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/runs/{run_id}/noise", {
          params: { path: { run_id: runId }, query: { other } },
          signal,
        }),
      ),
    staleTime: 60_000,
  });
