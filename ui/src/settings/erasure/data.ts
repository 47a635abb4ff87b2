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
      const body = { subject, dry_run: true, reason: "" };
      return unwrap(api.POST("/api/v1/erasures", { body, signal }));
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    retry: false,
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

export function useErase(subject: Subject, onDone: (erasure: Erasure) => void) {
  return useMutation({
    mutationFn: (reason: string) =>
      unwrap(api.POST("/api/v1/erasures", { body: { subject, dry_run: false, reason } })),
    onSuccess: onDone,
  });
}
