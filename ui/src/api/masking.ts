import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Masking = Omit<Schemas["Masking"], "rules"> & { rules: MaskingRules };
export type MaskedCount = Schemas["MaskedCount"];
export type MaskingRules = Schemas["MaskingRules"];
export type DeniedAttribute = Schemas["DeniedAttribute"];
export type PatternRule = Schemas["PatternRule"];
export type Detector = MaskingRules["detectors"][number];
export type Content = MaskingRules["drop"][number];
export type Place = DeniedAttribute["places"][number];
export type DryRun = Schemas["DryRun"];
export type Finding = Schemas["Finding"];
/** One of a text, attributes and the id of a stored trace. */
export type Sample = { text: string } | { attributes: Record<string, unknown> } | { trace_id: string };

const COUNTS_MS = 10_000;

/** The rules that hold; their counts are written down every ten seconds. */
export const maskingQuery = () =>
  queryOptions({
    queryKey: ["masking"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/masking", { signal })),
    refetchInterval: COUNTS_MS,
  });

export const dryRunQuery = (rules: MaskingRules, sample: Sample) =>
  queryOptions({
    queryKey: ["masking-dry-run", rules, sample],
    queryFn: ({ signal }) =>
      unwrap(
        api.POST("/api/v1/masking/dry-run", {
          body: { rules, ...sample } as Schemas["MaskingSample"],
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

export const saveMasking = (rules: MaskingRules, expected: number, reason: string) =>
  unwrap(api.PUT("/api/v1/masking", { body: { rules, expected, reason } }));
