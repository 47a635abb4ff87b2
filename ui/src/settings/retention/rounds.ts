import type { RetentionPolicy } from "@/api/retention";

type Details = Record<string, unknown>;

function objectIn(details: Details, field: string): Details | undefined {
  const value = details[field];
  return typeof value === "object" && value !== null ? (value as Details) : undefined;
}

/** The rows by table that an entry of the audit chain tells; what is no number is left out. */
export function rowsIn(details: Details): Record<string, number> {
  const counts = Object.entries(objectIn(details, "rows") ?? {});
  return Object.fromEntries(
    counts.filter((entry): entry is [string, number] => typeof entry[1] === "number"),
  );
}

/** The policy that held then; nothing when the entry does not tell one. */
export function policyIn(details: Details): RetentionPolicy | undefined {
  const policy = objectIn(details, "policy");
  if (!policy) return undefined;
  const limit = (field: string) => (typeof policy[field] === "number" ? policy[field] : null);
  return {
    max_age_days: limit("max_age_days"),
    max_traces: limit("max_traces"),
    keep_runs: policy.keep_runs !== false,
  };
}
