import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];

/** As the server answers: every field is there. */
export type RetentionPolicy = Required<Schemas["RetentionPolicy"]>;
export type Retention = Schemas["Retention"] & { policy: RetentionPolicy };
export type Held = Schemas["Held"];

const ROUNDS = 20;

export const retentionQuery = () =>
  queryOptions({
    queryKey: ["retention"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/retention", { signal })) as Promise<Retention>,
  });

/** What is held now, and how much of it a policy would clear. */
export const heldQuery = (policy: RetentionPolicy) =>
  queryOptions({
    queryKey: ["retention-held", policy],
    queryFn: ({ signal }) => unwrap(api.POST("/api/v1/retention/dry-run", { body: { policy }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  });

/** The rounds that cleared something, the newest first: the audit chain has an entry for each. */
export const roundsQuery = () =>
  infiniteQueryOptions({
    queryKey: ["retention-rounds"],
    queryFn: ({ signal, pageParam }) => {
      const query = { action: "retention:apply", limit: ROUNDS, cursor: pageParam };
      return unwrap(api.GET("/api/v1/audit", { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const saveRetention = (policy: RetentionPolicy, reason: string) =>
  unwrap(api.PUT("/api/v1/retention", { body: { ...policy, reason } })) as Promise<Retention>;

export const applyRetention = () => unwrap(api.POST("/api/v1/retention/apply"));
