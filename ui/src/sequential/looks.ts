import type { SequentialCheck, SequentialLook } from "@/api/types";

/** How much wider than all that matters in the end the first looks are drawn. */
const ROOM = 2.5;

/**
 * The looks as they are drawn. A first look knows next to nothing: its ends are cut off where the axis would show
 * nothing but them.
 */
export function drawnLooks(check: SequentialCheck): SequentialLook[] {
  const last = check.looks.at(-1);
  if (!last) return [];
  const matters = [check.bound, ...check.looks.map((look) => look.difference), last.low, last.high];
  const reach = Math.max(...matters.map((value) => Math.abs(value ?? 0))) * ROOM || 1;
  const cut = (value: number | null) => (value === null ? null : Math.min(Math.max(value, -reach), reach));
  return check.looks.map((look) => ({ ...look, low: cut(look.low), high: cut(look.high) }));
}
