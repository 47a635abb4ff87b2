import type { Item } from "@/api/datasets";

/** What is to become of one item: its new content, or null for one that is to go. */
export interface Edit {
  item: Item | null;
  /** The item as the version has it; null for a new one. */
  before: Item | null;
}

/** Edits that are collected until they are saved as one version, by the item's id. */
export type Edits = ReadonlyMap<string, Edit>;

export const NO_EDITS: Edits = new Map();

const without = (edits: Edits, id: string): Edits => {
  const rest = new Map(edits);
  rest.delete(id);
  return rest;
};

export const sameItem = (a: Item, b: Item) => JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));

/** Puts an item; one that is as it was needs no edit. */
export function putItem(edits: Edits, before: Item | null, item: Item): Edits {
  const first = edits.get(item.id)?.before ?? before;
  if (first && sameItem(first, item)) return without(edits, item.id);
  return new Map(edits).set(item.id, { item, before: first });
}

/** Takes an item out; one that only the edits have is forgotten. */
export function removeItem(edits: Edits, item: Item): Edits {
  const known = edits.get(item.id);
  if (known && known.before === null) return without(edits, item.id);
  return new Map(edits).set(item.id, { item: null, before: known?.before ?? item });
}

export const undoEdit = without;

export interface EditCounts {
  added: number;
  changed: number;
  removed: number;
}

export function countEdits(edits: Edits): EditCounts {
  const all = [...edits.values()];
  return {
    added: all.filter(({ before }) => before === null).length,
    changed: all.filter(({ before, item }) => before !== null && item !== null).length,
    removed: all.filter(({ item }) => item === null).length,
  };
}

export interface EditedItem {
  item: Item;
  state: "same" | "added" | "changed" | "removed";
}

/** Items as the edits leave them; what is removed stays in sight until it is saved, what is new comes first. */
export function editedItems(items: readonly Item[], edits: Edits): EditedItem[] {
  const added = [...edits.values()].flatMap(({ item, before }): EditedItem[] =>
    item && !before ? [{ item, state: "added" }] : [],
  );
  const rest = items.map((item): EditedItem => {
    const edit = edits.get(item.id);
    if (!edit) return { item, state: "same" };
    return edit.item ? { item: edit.item, state: "changed" } : { item, state: "removed" };
  });
  return [...added, ...rest];
}

/** How many edits the list does not show, because a search hides their items or they are not loaded. */
export function hiddenEdits(items: readonly Item[], edits: Edits): number {
  const shown = new Set(items.map((item) => item.id));
  return [...edits].filter(([id, edit]) => edit.before !== null && !shown.has(id)).length;
}

export const toRequest = (edits: Edits) => ({
  put: [...edits.values()].flatMap(({ item }) => (item ? [{ ...item }] : [])),
  remove: [...edits].flatMap(([id, { item }]) => (item ? [] : [id])),
});

/** Keys in one order at every depth: the server keeps JSON, where order means nothing. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, ordered(each)]),
  );
}
