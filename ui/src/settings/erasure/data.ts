import { infiniteQueryOptions, queryOptions, useMutation } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema";
import type { Subject } from "./subject";

export type Erasure = components["schemas"]["Erasure"];

/** What is held of a subject. Asked once: it looks through every table. */
export const countQuery = (subject: Subject) =>
  queryOptions({
    queryKey: ["erasure-count", subject.kind, subject.id],
    queryFn: ({ signal }) => {
      const body = { subject, dry_run: true, reason: "", wait_s: 0 };
      return unwrap(api.POST("/api/v1/erasures", { body, signal }));
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    retry: false,
  });

const POLL_MS = 1_000;

export const isUnderWay = ({ state }: Erasure) => state === "waiting" || state === "running";

/** Those that failed and of whose subject, newest first, nothing else was asked since. */
export const openFailures = (erasures: Erasure[]) =>
  erasures.filter(
    ({ state, subject }, place) =>
      state === "failed" && !erasures.slice(0, place).some((newer) => newer.subject === subject),
  );

/** The newest erasures, asked for again while one of them has not ended. */
export const erasuresQuery = () =>
  queryOptions({
    queryKey: ["erasures"],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/erasures", { params: { query: { limit: 100 } }, signal })),
    refetchInterval: ({ state }) => (state.data?.items.some(isUnderWay) ? POLL_MS : false),
  });

/** The receipts are entries of the audit chain. */
export const receiptsQuery = () =>
  infiniteQueryOptions({
    queryKey: ["audit", "erasures"],
    queryFn: ({ signal, pageParam }) => {
      const query = { action: "erasure:create", limit: 50, cursor: pageParam };
      return unwrap(api.GET("/api/v1/audit", { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

/** How long the form waits for the end; what takes longer is seen under way. */
const WAIT_S = 5;

export function useErase(subject: Subject, onDone: (erasure: Erasure) => void) {
  return useMutation({
    mutationFn: (reason: string) =>
      unwrap(api.POST("/api/v1/erasures", { body: { subject, dry_run: false, reason, wait_s: WAIT_S } })),
    onSuccess: onDone,
  });
}
