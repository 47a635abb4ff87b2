import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./client";
import type { components } from "./schema";

export type AgentScores = components["schemas"]["AgentScores"];

/** `finished` is how far the run is: with more samples it is asked again. */
export const agentsOfRunQuery = (runId: string, finished: number) =>
  queryOptions({
    queryKey: ["run-agents", runId, finished],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/runs/{run_id}/agents", { params: { path: { run_id: runId } }, signal })),
  });
