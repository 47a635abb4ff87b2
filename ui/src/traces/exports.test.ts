import { expect, test, vi } from "vitest";
import { exportCommand, exportUrl } from "./exports";

const ORIGIN = "http://127.0.0.1:4800";

test("the address of an export holds the whole filter, and a span of time ends now", () => {
  vi.setSystemTime("2026-11-28T12:00:00Z");
  const url = exportUrl(
    "traces",
    { status: "error", since: "24h", where: ["user=ada", "duration_s>1"] },
    "jsonl",
  );
  expect(url).toBe(
    "/api/v1/traces/export?format=jsonl&status=error&where=user%3Dada&where=duration_s%3E1" +
      "&from=2026-11-27T12:00:00.000Z",
  );
  vi.useRealTimers();
});

test("a time that was chosen wins over a span of time", () => {
  const url = exportUrl(
    "traces",
    { since: "1h", from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z" },
    "otlp",
  );
  expect(url).toBe("/api/v1/traces/export?format=otlp&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z");
});

test("the command has every part of the filter, quoted for a shell", () => {
  expect(
    exportCommand(
      ORIGIN,
      "traces",
      { q: "it's late", where: ["score.f1<0.5"], environment: "production" },
      "parquet",
    ),
  ).toBe(
    [
      `WINDLASS_URL=${ORIGIN} windlass traces export`,
      "--format parquet",
      "--output traces.parquet",
      "--environment production",
      "--text 'it'\\''s late'",
      "--where 'score.f1<0.5'",
    ].join(" \\\n  "),
  );
});
