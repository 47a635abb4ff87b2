import type { Change } from "@/api/types";

/** Changes inside one list, such as the documents of an index, as one entry. */
export interface ListChange {
  path: string;
  changes: Change[];
}

const LIST = /^(.*?)\.\d+(\.|$)/;
const FEWEST = 4;

/** Splits off lists with many changed entries; a long list of digests would hide what matters. */
export function foldLists(changes: readonly Change[]): { single: Change[]; lists: ListChange[] } {
  const byList = new Map<string, Change[]>();
  for (const change of changes) {
    const path = LIST.exec(change.path)?.[1] ?? "";
    byList.set(path, [...(byList.get(path) ?? []), change]);
  }
  const lists = [...byList]
    .filter(([path, members]) => path !== "" && members.length >= FEWEST)
    .map(([path, members]) => ({ path, changes: members }));
  const folded = new Set(lists.flatMap((list) => list.changes));
  return { single: changes.filter((change) => !folded.has(change)), lists };
}
