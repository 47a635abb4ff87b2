import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./client";
import type { components } from "./schema";

export type ApprovalStatus = components["schemas"]["ApprovalStatus"];
export type ApprovalState = ApprovalStatus["states"][string];

/** How the items of a version stand that a model made: people decide of them while the page is open. */
export const approvalQuery = (name: string, ref: string) =>
  queryOptions({
    queryKey: ["approval", name, ref],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{name}/approval", { params: { path: { name }, query: { ref } }, signal }),
      ),
    staleTime: 10_000,
  });

export const requireApproval = (name: string) =>
  unwrap(api.PUT("/api/v1/datasets/{name}/approval", { params: { path: { name } }, body: { queue: null } }));
