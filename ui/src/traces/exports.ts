import { type TraceFilter, traceParameters } from "@/api/queries";
import { commandLines, quoted } from "@/components/commandLine";
import { stringifySearch } from "@/shell/search";

export const EXPORTS = ["parquet", "jsonl", "otlp", "otlp-protobuf"] as const;

export type ExportFormat = (typeof EXPORTS)[number];

export const FILES: Record<ExportFormat, string> = {
  parquet: "traces.parquet",
  jsonl: "traces.jsonl",
  otlp: "traces.otlp.jsonl",
  "otlp-protobuf": "traces.otlp",
};

/** The address of everything that a filter lists; a span of time such as 24h ends now. */
export function exportUrl(filter: TraceFilter, format: ExportFormat): string {
  return `/api/v1/traces/export${stringifySearch({ format, ...traceParameters(filter) })}`;
}

/** The command that writes the same file. */
export function exportCommand(origin: string, filter: TraceFilter, format: ExportFormat): string {
  const { q, where, from, to, release, environment, run, status } = traceParameters(filter);
  return commandLines(`WINDLASS_URL=${quoted(origin)} windlass traces export`, [
    ["--format", format],
    ["--output", FILES[format]],
    ["--release", release],
    ["--environment", environment],
    ["--run", run],
    ["--status", status],
    ["--text", q],
    ["--where", where],
    ["--from", from],
    ["--to", to],
  ]);
}
