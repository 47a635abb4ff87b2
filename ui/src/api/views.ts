import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./client";

/** The lists whose filters can be kept under a name. */
export type ViewPage = "traces" | "spans" | "sessions" | "users";

export const viewsQuery = (page: ViewPage) =>
  queryOptions({
    queryKey: ["views", page],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/views/{page}", { params: { path: { page } }, signal })),
  });

export const saveView = (page: ViewPage, name: string, query: string) =>
  unwrap(api.PUT("/api/v1/views/{page}/{name}", { params: { path: { page, name } }, body: { query } }));

export const deleteView = (page: ViewPage, name: string) =>
  unwrap(api.DELETE("/api/v1/views/{page}/{name}", { params: { path: { page, name } } }));
