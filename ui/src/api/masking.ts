import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Masking = Schemas["Masking"];
export type MaskingRules = Required<Schemas["MaskingRules"]>;

export const maskingQuery = () =>
  queryOptions({
    queryKey: ["masking"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/masking", { signal })),
  });
