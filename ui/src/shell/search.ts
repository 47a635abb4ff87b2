/** The URL's query as plain texts: `?status=error&since=24h`, without JSON quoting; a repeated name is a list. */
export type RawSearch = Record<string, string | string[] | undefined>;

export function parseSearch(text: string): RawSearch {
  const search: RawSearch = {};
  const parameters = new URLSearchParams(text);
  for (const name of new Set(parameters.keys())) {
    const values = parameters.getAll(name);
    search[name] = values.length > 1 ? values : values[0];
  }
  return search;
}

export function stringifySearch(search: Record<string, unknown>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined && each !== null && each !== "") parameters.append(name, String(each));
    }
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

/** The texts of a field that may be repeated; nothing rather than an empty list. */
export function pickList(search: Record<string, unknown>, name: string): string[] | undefined {
  const value = search[name];
  const texts = (Array.isArray(value) ? value : [value]).filter(
    (each): each is string => typeof each === "string" && each !== "",
  );
  return texts.length ? texts : undefined;
}
