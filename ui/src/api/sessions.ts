import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./client";
import { type TraceFilter, traceParameters } from "./queries";

const PAGE = 100;

/** Which sessions or users are listed: those with a trace that the filter means, of a user or of anybody. */
export interface ActivityFilter extends TraceFilter {
  user?: string;
}

export const sessionsQuery = (filter: ActivityFilter) =>
  infiniteQueryOptions({
    queryKey: ["sessions", filter],
    queryFn: ({ signal, pageParam }) => {
      const { user, ...meant } = filter;
      const query = { user, ...traceParameters(meant), limit: PAGE, cursor: pageParam };
      return unwrap(api.GET("/api/v1/sessions", { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const usersQuery = (filter: TraceFilter) =>
  infiniteQueryOptions({
    queryKey: ["users", filter],
    queryFn: ({ signal, pageParam }) => {
      const query = { ...traceParameters(filter), limit: PAGE, cursor: pageParam };
      return unwrap(api.GET("/api/v1/users", { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

/** One conversation; the name leaves `session` to the sign-in. */
export const conversationQuery = (id: string) =>
  queryOptions({
    queryKey: ["conversation", id],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/sessions/{conversation}", { params: { path: { conversation: id } }, signal })),
  });

export const userQuery = (id: string) =>
  queryOptions({
    queryKey: ["user", id],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/users/{user}", { params: { path: { user: id } }, signal })),
  });

/** The traces of a conversation with their texts whole, the newest first as all traces are listed. */
export const turnsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ["turns", id],
    queryFn: ({ signal, pageParam }) => {
      const query = { where: [`conversation=${id}`], whole_texts: true, limit: PAGE, cursor: pageParam };
      return unwrap(api.GET("/api/v1/traces", { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
