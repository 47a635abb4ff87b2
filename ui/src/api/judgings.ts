import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Judging = Schemas["Judging"];
export type JudgingEstimate = Schemas["JudgingEstimate"];
export type JudgingRequest = Schemas["JudgingRequest"];

const POLL_MS = 1_000;

export const isJudging = ({ state }: Judging) => state === "running";

export const judgingsQuery = (arena: string) =>
  queryOptions({
    queryKey: ["judgings", arena],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/arenas/{name}/judgings", { params: { path: { name: arena } }, signal })),
    refetchInterval: ({ state }) => (state.data?.items.some(isJudging) ? POLL_MS : false),
  });

/** What a judge would take; asked anew for each version and each choice. */
export const estimateQuery = (arena: string, body: JudgingRequest) =>
  queryOptions({
    queryKey: ["judging-estimate", arena, body],
    queryFn: ({ signal }) =>
      unwrap(
        api.POST("/api/v1/arenas/{name}/judgings/estimate", {
          params: { path: { name: arena } },
          body,
          signal,
        }),
      ),
    staleTime: 0,
    retry: false,
  });

export const startJudging = (arena: string, body: JudgingRequest) =>
  unwrap(api.POST("/api/v1/arenas/{name}/judgings", { params: { path: { name: arena } }, body }));

export const cancelJudging = (arena: string, id: string) =>
  unwrap(
    api.POST("/api/v1/arenas/{name}/judgings/{judging_id}/cancel", {
      params: { path: { name: arena, judging_id: id } },
    }),
  );
