/** Where the engine stopped reading, as its sentence says it: bytes of the statement, counted from 1. */
export function wrongPlace(message: string, sql: string): number | undefined {
  const position = /failed at position (\d+)/.exec(message)?.[1];
  if (position === undefined) return undefined;
  const before = new TextEncoder().encode(sql).slice(0, Number(position) - 1);
  return new TextDecoder().decode(before).length;
}
