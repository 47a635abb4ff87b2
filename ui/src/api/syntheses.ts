import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Synthesis = Schemas["Synthesis"];
export type SynthesisRequest = Schemas["SynthesisRequest"];

const LOOK_MS = 1_000;

export const isMaking = ({ state }: Synthesis) => state === "queued" || state === "running";

/** The newest syntheses of a dataset; asked again while one goes on. */
export const synthesesQuery = (dataset: string) =>
  queryOptions({
    queryKey: ["syntheses", dataset],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/syntheses", { params: { query: { dataset } }, signal })),
    refetchInterval: (query) => (query.state.data?.items.some(isMaking) ? LOOK_MS : false),
  });

export const synthesisQuery = (id: string) =>
  queryOptions({
    queryKey: ["synthesis", id],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/syntheses/{synthesis_id}", { params: { path: { synthesis_id: id } }, signal })),
    refetchInterval: (query) => (query.state.data && !isMaking(query.state.data) ? false : LOOK_MS),
  });

export const startSynthesis = (name: string, body: SynthesisRequest) =>
  unwrap(api.POST("/api/v1/datasets/{name}/syntheses", { params: { path: { name } }, body }));

export const cancelSynthesis = (id: string) =>
  unwrap(api.POST("/api/v1/syntheses/{synthesis_id}/cancel", { params: { path: { synthesis_id: id } } }));
