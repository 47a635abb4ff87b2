import type { DashboardChart } from "@/api/charts";

/** The charts with one in the place of the one with its id, or at the end. */
export function replaced(charts: readonly DashboardChart[], item: DashboardChart): DashboardChart[] {
  if (!charts.some((each) => each.id === item.id)) return [...charts, item];
  return charts.map((each) => (each.id === item.id ? item : each));
}

export const without = (charts: readonly DashboardChart[], id: string) =>
  charts.filter((each) => each.id !== id);

export function shifted(charts: readonly DashboardChart[], id: string, by: -1 | 1): DashboardChart[] {
  const from = charts.findIndex((each) => each.id === id);
  const item = charts[from];
  const to = from + by;
  if (!item || to < 0 || to >= charts.length) return [...charts];
  const rest = without(charts, id);
  return [...rest.slice(0, to), item, ...rest.slice(to)];
}
