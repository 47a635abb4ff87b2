import { expect, test } from "vitest";
import type { Board, RankedPlayer } from "@/api/arenas";
import { axisOf, placeOn, rankRange, signed } from "./strengths";

const player = (strength: number, low: number | null, high: number | null): RankedPlayer => ({
  name: "a",
  strength,
  low,
  high,
  rank: 1,
  best_rank: 1,
  worst_rank: 2,
  win_rate: 0.5,
  battles: 2,
  wins: 1,
  losses: 1,
  ties: 0,
});

const board = (...players: RankedPlayer[]) => ({ ranking: { players } }) as unknown as Board;

test("all boards share one axis with 0 in the middle, and every bound is on it", () => {
  const axis = axisOf([board(player(0.5, 0.1, 0.9)), board(player(-1.2, null, 2))]);
  expect(axis.from).toBe(-axis.to);
  expect(axis.to).toBeGreaterThan(2);
  expect(placeOn(axis, 0)).toBe("50%");
  expect(placeOn(axis, 99)).toBe("100%");
  expect(axis.ticks).toContain(0);
  expect(axis.ticks.every((tick) => Math.abs(tick) <= axis.to)).toBe(true);
});

test("boards without a ranking have an axis too", () => {
  const axis = axisOf([{ ranking: null } as unknown as Board]);
  expect(axis.to).toBeGreaterThan(0);
});

test("strengths have a true minus sign, and 0 has none", () => {
  expect(signed(-1.234)).toBe("−1.23");
  expect(signed(0.5, 1)).toBe("+0.5");
  expect(signed(-0.001)).toBe("0.00");
});

test("a rank that is certain is one number", () => {
  expect(rankRange(player(0, null, null))).toBe("1–2");
  expect(rankRange({ ...player(0, null, null), worst_rank: 1 })).toBe("1");
});
