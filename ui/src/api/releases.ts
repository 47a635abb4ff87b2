import { useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { artifactQuery, artifactsQuery, environmentsQuery } from "./queries";

export interface KnownRelease {
  name: string;
  number: number;
  digest: string;
  labels: string[];
}

/** All known releases by digest, so that a digest on a span can be shown as name@number. */
export function useReleaseIndex(): Map<string, KnownRelease> {
  const names = useQuery(artifactsQuery("release")).data?.items.map((item) => item.name) ?? [];
  return useQueries({
    queries: names.map((name) => artifactQuery("release", name)),
    combine: indexReleases,
  });
}

function indexReleases(
  results: {
    data?: { name: string; labels: Record<string, string>; versions: { number: number; digest: string }[] };
  }[],
): Map<string, KnownRelease> {
  const index = new Map<string, KnownRelease>();
  for (const { data } of results) {
    for (const { number, digest } of data?.versions ?? []) {
      const labels = Object.entries(data?.labels ?? {})
        .filter(([, target]) => target === digest)
        .map(([label]) => label);
      index.set(digest, { name: data?.name ?? "", number, digest, labels });
    }
  }
  return index;
}

/** The names of the environments in which each release digest runs. */
export function useRunningIn(): Map<string, string[]> {
  const environments = useQuery(environmentsQuery()).data?.items;
  return useMemo(() => {
    const where = new Map<string, string[]>();
    for (const environment of environments ?? []) {
      for (const { digest } of environment.deployments) {
        where.set(digest, [...(where.get(digest) ?? []), environment.name]);
      }
    }
    return where;
  }, [environments]);
}
