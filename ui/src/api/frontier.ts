import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { pick, pickList } from "@/shell/search";
import { api, unwrap } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Frontier = Schemas["Frontier"];
export type FrontierCandidate = Schemas["FrontierCandidate"];
export type Standing = FrontierCandidate["standing"];

/** What is asked of the runs, as the URL holds it. */
export interface FrontierSearch {
  run?: string[];
  metric?: string;
  cost?: string;
  reference?: string;
  margin?: string;
}

/** Keeps of a URL what is asked of the runs. */
export const readSearch = (search: object): FrontierSearch => ({
  ...pick({ ...search }, ["metric", "cost", "reference", "margin"]),
  run: pickList({ ...search }, "run"),
});

/** The margin of the URL; nothing where that is no number above 0. */
export function marginOf(text: string | undefined): number | undefined {
  const margin = Number(text);
  return text && Number.isFinite(margin) && margin > 0 ? margin : undefined;
}

export const frontierQuery = ({ run = [], margin, ...rest }: FrontierSearch) =>
  queryOptions({
    queryKey: ["frontier", run, margin ?? "", rest],
    queryFn: ({ signal }) => {
      const query = { ...rest, run, margin: marginOf(margin) };
      return unwrap(api.GET("/api/v1/runs/frontier", { params: { query }, signal }));
    },
    // Another axis or margin moves the points that are there.
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
