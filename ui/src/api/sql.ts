import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type SqlTable = Schemas["SqlTable"];
export type SqlColumn = Schemas["SqlColumn"];
export type SqlFormat = Schemas["SqlFileRequest"]["format"];

/** A value of a result; an integer that a number of JavaScript cannot hold is its digits. */
export type SqlCell = string | number | boolean | null | SqlCell[] | { [name: string]: SqlCell };

export interface SqlAnswer {
  columns: SqlColumn[];
  rows: SqlCell[][];
  /** Whether there were more rows than are here. */
  cut: boolean;
}

export interface SqlResult extends SqlAnswer {
  sql: string;
  /** From the question to the answer, as this browser saw it. */
  seconds: number;
}

const MAYBE_LONG = /[:,[]-?\d{16,}[,\]}]/;
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const INTEGER = /^-?\d+$/;

/** Reads an answer without losing a digit of its long integers. */
export function readAnswer(text: string): SqlAnswer {
  const exact = (token: string) =>
    INTEGER.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token;
  return JSON.parse(MAYBE_LONG.test(text) ? text.replace(TOKEN, exact) : text);
}

export const sqlTablesQuery = () =>
  queryOptions({
    queryKey: ["sql-tables"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/sql/tables", { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const sqlQuery = (sql: string) =>
  queryOptions({
    queryKey: ["sql", sql],
    queryFn: async ({ signal }): Promise<SqlResult> => {
      const began = performance.now();
      const body = { query: sql };
      const text = await unwrap(api.POST("/api/v1/sql", { body, parseAs: "text", signal }));
      return { ...readAnswer(text), sql, seconds: (performance.now() - began) / 1000 };
    },
    // A statement runs when somebody asks for it, never by itself; and what it gave may be large.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    placeholderData: keepPreviousData,
  });

export const sqlFile = (sql: string, format: SqlFormat): Promise<Blob> =>
  unwrap(api.POST("/api/v1/sql/file", { body: { query: sql, format }, parseAs: "blob" })) as Promise<Blob>;
