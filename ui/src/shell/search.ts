/** The URL's query as plain text values: `?status=error&since=24h`, without JSON quoting. */
export type RawSearch = Record<string, string | undefined>;

export function parseSearch(text: string): RawSearch {
  return Object.fromEntries(new URLSearchParams(text));
}

export function stringifySearch(search: Record<string, unknown>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value !== undefined && value !== null && value !== "") parameters.set(name, String(value));
  }
  // Digests and times stay readable: a colon needs no escape in a query.
  const text = parameters.toString().replaceAll("%3A", ":");
  return text ? `?${text}` : "";
}

/** Keeps the named fields that are texts; everything else in the URL is ignored. */
export function pick<Name extends string>(search: Record<string, unknown>, names: readonly Name[]) {
  const kept: { [key in Name]?: string } = {};
  for (const name of names) {
    const value = search[name];
    if (typeof value === "string" && value) kept[name] = value;
  }
  return kept;
}
