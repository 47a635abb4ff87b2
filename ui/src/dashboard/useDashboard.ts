import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type DashboardChart, dashboardQuery, saveDashboard } from "@/api/charts";
import { isStatus } from "@/api/client";
import { replaced, shifted, without } from "./places";

const SAVING = ["dashboard", "save"];

/** The saved charts and what may be done with them. Each change is shown at once and saved by itself. */
export function useDashboard() {
  const client = useQueryClient();
  const query = useQuery(dashboardQuery());
  const { queryKey } = dashboardQuery();
  const [removed, setRemoved] = useState<{ item: DashboardChart; before: DashboardChart[] } | null>(null);
  const charts = (query.data?.charts ?? []) as DashboardChart[];

  const save = useMutation({
    mutationKey: SAVING,
    // One after the other: who takes something back at once is not somebody else.
    scope: { id: SAVING.join() },
    mutationFn: (next: DashboardChart[]) => saveDashboard(next, client.getQueryData(queryKey)?.version ?? 0),
    onMutate: async (next) => {
      await client.cancelQueries({ queryKey });
      const before = client.getQueryData(queryKey);
      client.setQueryData(queryKey, (shown) => shown && { ...shown, charts: next });
      return before;
    },
    onError: (_error, _next, before) => client.setQueryData(queryKey, before),
    onSuccess: (saved) =>
      client.setQueryData(queryKey, (shown) =>
        shown && client.isMutating({ mutationKey: SAVING }) > 1
          ? { ...shown, version: saved.version }
          : saved,
      ),
  });

  function change(next: DashboardChart[]) {
    setRemoved(null);
    save.mutate(next);
  }

  return {
    query,
    charts,
    removed,
    error: save.error,
    conflict: isStatus(save.error, 409),
    reload: () => {
      save.reset();
      void query.refetch();
    },
    put: (item: DashboardChart) => change(replaced(charts, item)),
    insertAfter: (id: string, item: DashboardChart) =>
      change(charts.flatMap((each) => (each.id === id ? [each, item] : [each]))),
    shift: (id: string, by: -1 | 1) => change(shifted(charts, id, by)),
    remove: (item: DashboardChart) => {
      change(without(charts, item.id));
      setRemoved({ item, before: charts });
    },
    undo: () => removed && change(removed.before),
  };
}
