import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];

export type ModelCosts = Schemas["ModelCosts"];
export type ModelPrice = Schemas["ModelPrice"];
export type Price = Schemas["Price"];
export type PriceList = Schemas["PriceList"];
export type Prices = Schemas["Prices"];
export type Recosting = Schemas["Recosting"];

export const pricesQuery = () =>
  queryOptions({
    queryKey: ["prices"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/prices", { signal })),
  });

export interface Replacement {
  items: Price[];
  /** The digest of the list that the change was made from, empty where there was none; another one is a conflict. */
  expected: string;
  reason: string;
}

/** Replaces the project's own prices; the answer says what that changed in history. */
export function useReplacePrices(onDone: (recosting: Recosting) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Replacement) => unwrap(api.PUT("/api/v1/prices", { body })),
    onSuccess: ({ recosting }) => {
      // Every figure of money may be another now.
      void client.invalidateQueries();
      onDone(recosting);
    },
  });
}

export function useRecost(onDone: (recosting: Recosting) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/prices/recost")),
    onSuccess: (recosting) => {
      void client.invalidateQueries();
      onDone(recosting);
    },
  });
}
