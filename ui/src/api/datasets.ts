import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type DatasetSummary = Schemas["DatasetSummary"];
export type DatasetVersion = Schemas["DatasetVersion"];
export type DrawAnswer = Schemas["DrawAnswer"];
export type Item = Schemas["Item"];
export type ItemChange = Schemas["ItemChange"];
export type ItemDifference = Schemas["ItemDifference"];
export type DuplicatePair = Schemas["DuplicatePair"];
export type DuplicateReport = Schemas["DuplicateReport"];
export type ImportAnswer = Schemas["ImportAnswer"];
export type MadeBy = "model" | "approved" | "unapproved";
export type ChangeKind = ItemChange["kind"];

const ITEMS = 200;
const CHANGES = 50;

/** The content behind a digest or number never changes; what a label names does. */
const staleOf = (ref: string) => (/^(sha256:|\d)/.test(ref) ? 300_000 : 10_000);

export const datasetsQuery = () =>
  queryOptions({
    queryKey: ["datasets"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/datasets", { signal })),
  });

export const datasetQuery = (name: string, ref: string) =>
  queryOptions({
    queryKey: ["dataset", name, ref],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/datasets/{name}", { params: { path: { name }, query: { ref } }, signal })),
    staleTime: staleOf(ref),
  });

export const duplicatesQuery = (name: string, ref: string, similar: number) =>
  queryOptions({
    queryKey: ["duplicates", name, ref, similar],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{name}/duplicates", {
          params: { path: { name }, query: { ref, similar } },
          signal,
        }),
      ),
    staleTime: staleOf(ref),
  });

export interface ItemSearch {
  q?: string;
  split?: string;
  made?: MadeBy;
}

export const itemsQuery = (name: string, ref: string, search: ItemSearch) =>
  infiniteQueryOptions({
    queryKey: ["items", name, ref, search.q ?? "", search.split ?? null, search.made ?? ""],
    queryFn: ({ signal, pageParam }) => {
      const query = {
        ref,
        limit: ITEMS,
        cursor: pageParam,
        q: search.q,
        split: search.split,
        made: search.made,
      };
      return unwrap(api.GET("/api/v1/datasets/{name}/items", { params: { path: { name }, query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    // Who approves an item changes nothing in its version.
    staleTime: search.made ? 10_000 : staleOf(ref),
  });

export const itemQuery = (name: string, ref: string, id: string) =>
  queryOptions({
    queryKey: ["item", name, ref, id],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{name}/items/{item_id}", {
          params: { path: { name, item_id: id }, query: { ref } },
          signal,
        }),
      ),
    staleTime: staleOf(ref),
  });

export const itemChangesQuery = (name: string, from: string, to: string, kind?: ChangeKind) =>
  infiniteQueryOptions({
    queryKey: ["item-changes", name, from, to, kind ?? ""],
    queryFn: ({ signal, pageParam }) => {
      const query = { from, to, kind, limit: CHANGES, cursor: pageParam };
      return unwrap(
        api.GET("/api/v1/datasets/{name}/changes", { params: { path: { name }, query }, signal }),
      );
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 300_000,
  });

export const runsOnQuery = (dataset: string) =>
  infiniteQueryOptions({
    queryKey: ["runs-on", dataset],
    queryFn: ({ signal, pageParam }) => {
      const query = { limit: 50, cursor: pageParam, dataset };
      return unwrap(api.GET("/api/v1/runs", { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const exportUrl = (name: string, ref: string, format: string) =>
  `/api/v1/datasets/${encodeURIComponent(name)}/export?${new URLSearchParams({ ref, format })}`;

export interface ImportOptions {
  name: string;
  file: File;
  format: string;
  columns: string[];
  mode: "replace" | "add";
  message: string;
  look: boolean;
}

/** The file itself is the body: the page never holds what is in it. */
export const importFile = ({ name, file, format, columns, mode, message, look }: ImportOptions) =>
  unwrap(
    api.POST("/api/v1/datasets/{name}/import", {
      params: {
        path: { name },
        query: {
          filename: file.name,
          format: format || undefined,
          column: columns.length ? columns : undefined,
          mode,
          look,
          message,
        },
      },
      body: file as unknown as string,
      bodySerializer: (body) => body as unknown as File,
      headers: { "content-type": "application/octet-stream" },
    }),
  );
