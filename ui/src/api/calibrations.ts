import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Calibration = Schemas["Calibration"];
export type CalibrationContent = Schemas["CalibrationContent"];
export type CalibrationResult = Schemas["CalibrationResult"];
export type Figure = Schemas["Figure"];
export type AnchorSchedule = Schemas["AnchorSchedule"];
export type ScheduleRequest = Schemas["ScheduleRequest"];
export type Standing = Schemas["Standing"];

const POLL_MS = 2_000;

export const calibrationsQuery = (name: string, ref: string) =>
  queryOptions({
    queryKey: ["calibrations", name, ref],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/evaluators/{name}/calibrations", {
          params: { path: { name }, query: { ref, limit: 100 } },
          signal,
        }),
      ),
    refetchInterval: ({ state }) =>
      state.data?.items.some((each) => each.state === "running") ? POLL_MS : false,
  });

export const putSchedule = (name: string, body: ScheduleRequest) =>
  unwrap(api.PUT("/api/v1/evaluators/{name}/anchor-schedule", { params: { path: { name } }, body }));

export const deleteSchedule = (name: string) =>
  unwrap(api.DELETE("/api/v1/evaluators/{name}/anchor-schedule", { params: { path: { name } } }));
