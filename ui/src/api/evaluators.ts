import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type EvaluatorDetail = Schemas["EvaluatorDetail"];
export type EvaluatorSummary = Schemas["EvaluatorSummary"];
export type Trial = Schemas["Trial"];

export const evaluatorsQuery = () =>
  queryOptions({
    queryKey: ["evaluators"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/evaluators", { signal })),
  });

export const evaluatorQuery = (name: string, ref: string) =>
  queryOptions({
    queryKey: ["evaluator", name, ref],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/evaluators/{name}", { params: { path: { name }, query: { ref } }, signal })),
  });

export const runsWithQuery = (evaluator: string) =>
  infiniteQueryOptions({
    queryKey: ["runs-with", evaluator],
    queryFn: ({ signal, pageParam }) => {
      const query = { limit: 50, cursor: pageParam, evaluator };
      return unwrap(api.GET("/api/v1/runs", { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
