import { type TraceFilter, traceParameters } from "@/api/queries";
import { commandLines, quoted } from "@/components/commandLine";
import { stringifySearch } from "@/shell/search";

export const EXPORTS = ["parquet", "jsonl", "otlp", "otlp-protobuf"] as const;

export type ExportFormat = (typeof EXPORTS)[number];

/** What is listed, and so exported. */
export type Exported = "traces" | "spans";

const ENDINGS: Record<ExportFormat, string> = {
  parquet: "parquet",
  jsonl: "jsonl",
  otlp: "otlp.jsonl",
  "otlp-protobuf": "otlp",
};

export const fileOf = (what: Exported, format: ExportFormat) => `${what}.${ENDINGS[format]}`;

/** The address of everything that a filter lists; a span of time such as 24h ends now. */
export function exportUrl(what: Exported, filter: TraceFilter, format: ExportFormat): string {
  return `/api/v1/${what}/export${stringifySearch({ format, ...traceParameters(filter) })}`;
}

/** The command that writes the same file. */
export function exportCommand(
  origin: string,
  what: Exported,
  filter: TraceFilter,
  format: ExportFormat,
): string {
  const { q, where, from, to, release, environment, run, status } = traceParameters(filter);
  return commandLines(`WINDLASS_URL=${quoted(origin)} windlass ${what} export`, [
    ["--format", format],
    ["--output", fileOf(what, format)],
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
