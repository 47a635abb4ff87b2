import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type SliceDifference = Schemas["SliceDifference"];
export type PowerCurve = Schemas["PowerCurve"];
export type Regression = Schemas["Regression"];
export type PastPromotion = Schemas["PastPromotion"];

export const powerQuery = (id: string) =>
  queryOptions({
    queryKey: ["verdict", id, "power"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/verdicts/{verdict_id}/power", { params: { path: { verdict_id: id } }, signal }),
      ),
    // A verdict never changes.
    staleTime: Number.POSITIVE_INFINITY,
  });

export const promotionsQuery = (id: string) =>
  queryOptions({
    queryKey: ["verdict", id, "promotions"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/verdicts/{verdict_id}/promotions", { params: { path: { verdict_id: id } }, signal }),
      ),
  });

export const slicesQuery = (baseline: string, candidate: string, metric: string) =>
  queryOptions({
    queryKey: ["slices", baseline, candidate, metric],
    queryFn: ({ signal }) => {
      const params = { path: { run_id: candidate }, query: { baseline, metric } };
      return unwrap(api.GET("/api/v1/runs/{run_id}/slices", { params, signal }));
    },
    staleTime: 60_000,
  });
