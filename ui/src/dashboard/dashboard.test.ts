import { expect, test } from "vitest";
import type { Chart, ChartData, DashboardChart } from "@/api/charts";
import { toCsv } from "@/components/download";
import { currentWords } from "@/i18n/language";
import "./texts";
import { exactInterval } from "./exactRate";
import { CSV_COLUMNS, csvRows, linesOf, totalsOf, valueOfAll } from "./lines";
import { tracesBehind } from "./links";
import { besides, describe, narrowed } from "./measures";
import { clip, isWhole, rangeOf, refreshMs, sinceOf, startsOf } from "./period";
import { replaced, shifted, without } from "./places";
import { timeLabels } from "./timeLabels";
import { ticksOf, timeOption } from "./timeOption";
import { tipElement } from "./tip";

const CALLS: Chart = { measure: "cost_usd", of: "calls", by: "request_model", where: ["run="], series: 2 };
const REQUESTS: Chart = { measure: "count", of: "traces", by: "", where: ["run="], series: 6 };
const RANGE = { from: "2026-01-01T00:30:00.000Z", to: "2026-01-01T03:15:00.000Z" };
const DATA: ChartData = {
  since: RANGE.from,
  until: RANGE.to,
  interval_s: 3_600,
  series: [
    {
      key: "gpt-5",
      value: 1.5,
      n: 3,
      unknown: 1,
      points: [
        { time: "2026-01-01T00:00:00Z", value: 1, n: 2, unknown: 0 },
        { time: "2026-01-01T02:00:00Z", value: 0.5, n: 1, unknown: 1 },
      ],
    },
    {
      key: '=cmd,"x"',
      value: null,
      n: 2,
      unknown: 2,
      points: [{ time: "2026-01-01T01:00:00Z", value: null, n: 2, unknown: 2 }],
    },
  ],
};
const lines = linesOf(DATA, "cost_usd", ["gpt-5", '=cmd,"x"']);
const starts = startsOf(DATA.since, DATA.until, DATA.interval_s);

test("intervals are counted from the epoch, as the server does, and those that are cut are known", () => {
  expect(starts.map((start) => new Date(start).getUTCHours())).toEqual([0, 1, 2, 3]);
  expect(starts.map((start) => isWhole(start, 3_600, RANGE))).toEqual([false, true, true, false]);
  expect(clip(starts[3] ?? 0, 3_600, RANGE)).toEqual({ from: "2026-01-01T03:00:00.000Z", to: RANGE.to });
});

test("where nothing happened a sum is zero, an unknown cost is none, and a latency has a gap", () => {
  expect(lines.map((line) => line.values)).toEqual([
    [1, 0, 0.5, 0],
    [0, null, 0, 0],
  ]);
  expect(linesOf(DATA, "latency_p50_s", [])[0]?.values).toEqual([1, null, 0.5, null]);
});

test("a total is of what is known; shares and latencies of several series have none", () => {
  expect(valueOfAll(lines, "cost_usd")).toBe(1.5);
  expect(totalsOf(lines)).toEqual({ n: 5, unknown: 3 });
  expect(valueOfAll(linesOf(DATA, "error_rate", []), "error_rate")).toBeNull();
});

test("the CSV has a row for each interval and series in which there was something, and runs no formula", () => {
  expect(toCsv(CSV_COLUMNS, csvRows(lines, starts))).toBe(
    [
      "time,measure,series,value,n,unknown",
      "2026-01-01T00:00:00.000Z,cost_usd,gpt-5,1,2,0",
      "2026-01-01T02:00:00.000Z,cost_usd,gpt-5,0.5,1,1",
      `2026-01-01T01:00:00.000Z,cost_usd,"'=cmd,""x""",,2,2`,
      "",
    ].join("\r\n"),
  );
});

test("a value leads to the traces with a span that was counted in it", () => {
  expect(tracesBehind(CALLS, "cost_usd", "gpt-5", [], RANGE)).toEqual({
    ...RANGE,
    where: ["run=", "request_model=gpt-5"],
  });
  expect(tracesBehind(REQUESTS, "errors", "", [], RANGE).where).toEqual(["run=", "parent=", "status=error"]);
  expect(tracesBehind({ ...CALLS, by: "user" }, "cost_usd", "", [], RANGE).where).toEqual([
    "run=",
    "request_model!=",
    "user=",
  ]);
  expect(tracesBehind(CALLS, "cost_usd", "…", ["a", "b", "…"], RANGE).where).toEqual([
    "run=",
    "request_model!=a",
    "request_model!=b",
  ]);
});

test("an environment and a release narrow every chart", () => {
  expect(narrowed(CALLS, "production", "sha256:ab").where).toEqual([
    "run=",
    "environment=production",
    "release=sha256:ab",
  ]);
  expect(narrowed(CALLS)).toBe(CALLS);
});

test("the period is the last day unless the URL says otherwise, and one with an end is not measured again", () => {
  const now = Date.parse("2026-01-02T00:00:00Z");
  expect(rangeOf({}, now)).toEqual({ from: "2026-01-01T00:00:00.000Z", to: "2026-01-02T00:00:00.000Z" });
  expect(sinceOf({ since: "nonsense" })).toBe("24h");
  expect(rangeOf(RANGE, now)).toEqual(RANGE);
  expect(rangeOf({ from: "nonsense", to: RANGE.to }, now).from).toBe("2025-12-31T03:15:00.000Z");
  expect([refreshMs({ since: "1h" }), refreshMs(RANGE)]).toEqual([15_000, null]);
});

test("labels are in the reader's time, with the day where it changes", () => {
  const seoul = timeLabels("en", "Asia/Seoul");
  const midnight = Date.parse("2026-01-01T15:00:00Z");
  expect([seoul.tick(midnight, false), seoul.tick(midnight + 3_600_000, false)]).toEqual(["Jan 2", "01:00"]);
  expect(seoul.tick(midnight + 3_600_000, true)).toBe("Jan 2");
  expect(seoul.interval(midnight - 900_000, 900)).toBe("Jan 1 23:45 – Jan 2 00:00");
  expect(timeLabels("ko", "UTC").interval(midnight, 604_800)).toBe("1월 1일 – 1월 8일");
});

test("ticks stand at round times of the reader's clock also where intervals do not begin there", () => {
  const four = Array.from({ length: 42 }, (_, at) => Date.parse("2026-01-01T00:00:00Z") + at * 4 * 3_600_000);
  const { isTick, days } = ticksOf(four, -540);
  const shown = four.filter((_, at) => isTick(at)).map((start) => new Date(start).toISOString().slice(5, 13));
  expect(days).toBe(true);
  expect(shown).toEqual(["01-02T16", "01-04T16", "01-06T16"]);
});

test("a sum over a part of an interval is no fall of the line, and stands as a pale bar", () => {
  const drawn = {
    lines: linesOf({ ...DATA, series: DATA.series.slice(0, 1) }, "cost_usd", ["gpt-5"]),
    starts,
    partial: new Set([0, 3]),
    tick: String,
    axis: String,
    idleTop: 4,
    leastStep: 1,
    tip: () => document.createElement("div"),
  };
  const colours = { series: ["red"] } as never;
  const dataOf = (kind: DashboardChart["kind"]) =>
    (timeOption({ ...drawn, kind }, colours).series as { data: unknown }[])[0]?.data;
  expect(dataOf("line")).toEqual([null, 0, 0.5, null]);
  expect(dataOf("bar")).toEqual([
    { value: 1, itemStyle: { opacity: 0.45 } },
    0,
    0.5,
    { value: 0, itemStyle: { opacity: 0.45 } },
  ]);
});

test("a chart is named after what it shows", () => {
  const words = currentWords();
  expect(describe({ ...REQUESTS, measure: "latency_p50_s" }, "latency_p95_s", words)).toBe(
    "Latency p50 · p95",
  );
  expect(describe(CALLS, null, words)).toBe("Cost by model");
  expect(describe({ ...REQUESTS, of: "spans", by: "tool" }, "errors", words)).toBe(
    "Tool calls · Errors by tool",
  );
});

test("only what has the same unit stands on the same axis", () => {
  expect(besides("latency_p50_s")).toEqual(["latency_p95_s", "latency_p99_s"]);
  expect(besides("cost_usd")).toEqual([]);
});

test("a share has the exact interval that scipy gives it", () => {
  for (const [hits, n, low, high] of [
    [2, 40, 0.006113647, 0.169196864],
    [0, 10, 0.0, 0.308497108],
    [10, 10, 0.691502892, 1.0],
    [1, 1, 0.025, 1.0],
    [7, 20, 0.153909205, 0.592188535],
    [199, 200, 0.972458102, 0.999873419],
    [50, 1000, 0.037335398, 0.065390488],
    [3, 1000000, 0.000000619, 0.000008767],
    [412345, 1000000, 0.41137995, 0.413310558],
  ] as const) {
    const found = exactInterval(hits / n, n);
    expect(found[0]).toBeCloseTo(low, 8);
    expect(found[1]).toBeCloseTo(high, 8);
  }
});

test("charts are replaced, moved and taken away by their id", () => {
  const charts = ["a", "b", "c"].map((id) => ({ id }) as DashboardChart);
  const ids = (list: DashboardChart[]) => list.map(({ id }) => id).join("");
  expect(ids(shifted(charts, "c", -1))).toBe("acb");
  expect(ids(shifted(charts, "a", -1))).toBe("abc");
  expect(ids(without(charts, "b"))).toBe("ac");
  expect(replaced(charts, { id: "b", title: "B" } as DashboardChart)[1]?.title).toBe("B");
  expect(ids(replaced(charts, { id: "d" } as DashboardChart))).toBe("abcd");
});

test("names from traces are text in the tooltip, never markup", () => {
  const tip = tipElement({
    heading: "now",
    note: "",
    lines,
    at: 0,
    colours: { series: ["red"], faint: "grey", dim: "grey" } as never,
    nameOf: () => "<img src=x onerror=alert(1)>",
    show: String,
  });
  expect(tip.querySelector("img")).toBeNull();
  expect(tip.textContent).toContain("<img src=x onerror=alert(1)>");
  expect(tip.textContent).toContain("n=2");
});
