import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Retention = Schemas["Retention"];
export type RetentionPolicy = Required<Schemas["RetentionPolicy"]>;

export const retentionQuery = () =>
  queryOptions({
    queryKey: ["retention"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/retention", { signal })),
  });
