/** Statements that ran in this browser, newest first; they stay in it. */
export interface PastStatement {
  sql: string;
  at: string;
}

const STORED = "windlass.statements";
export const MOST = 30;
const MOST_CHARACTERS = 100_000;

function isStatement(value: unknown): value is PastStatement {
  const { sql, at } = (value ?? {}) as Partial<PastStatement>;
  return typeof sql === "string" && typeof at === "string" && !Number.isNaN(Date.parse(at));
}

/** What is kept; what somebody else wrote there is as good as nothing. */
export function pastStatements(): PastStatement[] {
  try {
    const kept: unknown = JSON.parse(window.localStorage.getItem(STORED) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isStatement) : [];
  } catch {
    return [];
  }
}

/** Keeps a statement as the newest, once; the oldest go when there is no room for them. */
export function rememberStatement(sql: string, at = new Date().toISOString()): void {
  const others = pastStatements().filter((past) => past.sql !== sql);
  let room = MOST_CHARACTERS - sql.length;
  const kept = others.slice(0, MOST - 1).filter((past) => {
    room -= past.sql.length;
    return room >= 0;
  });
  try {
    window.localStorage.setItem(STORED, JSON.stringify([{ sql, at }, ...kept]));
  } catch {
    // A browser that keeps nothing (full, or private) still runs statements.
  }
}

export function forgetStatements(): void {
  window.localStorage.removeItem(STORED);
}
