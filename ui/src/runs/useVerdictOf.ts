import { useQuery } from "@tanstack/react-query";
import { verdictsQuery } from "@/api/queries";
import type { Comparison } from "@/api/types";

export function useVerdictOf(comparison: Comparison) {
  const { baseline, candidate } = comparison;
  return useQuery(verdictsQuery(candidate.release.digest)).data?.items.find(
    (verdict) => verdict.candidate.run === candidate.id && verdict.baseline.run === baseline.id,
  );
}
