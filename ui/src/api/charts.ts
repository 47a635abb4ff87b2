import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Chart = Required<Schemas["Chart"]>;
export type ChartData = Schemas["ChartData"];
export type ChartSeries = Schemas["Series"];
export type ChartPoint = Schemas["Point"];
export type Dashboard = Schemas["Dashboard"];
export type DashboardChart = Omit<Schemas["DashboardChart"], "chart" | "beside"> & {
  chart: Chart;
  beside: Measure | null;
};
export type Measure = Chart["measure"];
export type By = Chart["by"];
export type Of = Chart["of"];

/** Instants between which something is measured. */
export interface Range {
  from: string;
  to: string;
}

export const dashboardQuery = () =>
  queryOptions({
    queryKey: ["dashboard"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/charts", { signal })),
  });

export const measureQuery = (chart: Chart, range: Range) =>
  queryOptions({
    queryKey: ["measure", chart, range],
    queryFn: ({ signal }) =>
      unwrap(api.POST("/api/v1/charts/measure", { body: chart, params: { query: range }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

export const saveDashboard = (charts: DashboardChart[], expected: number) =>
  unwrap(api.PUT("/api/v1/charts", { body: { charts, expected } }));
