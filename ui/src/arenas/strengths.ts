import type { Board, RankedPlayer } from "@/api/arenas";

export interface Axis {
  from: number;
  to: number;
  ticks: number[];
}

const ROOM = 0.08;
const STEPS = [1, 2, 2.5, 5, 10];

/** One axis for all boards, so that people and judges can be laid beside each other; 0 is the mean of all. */
export function axisOf(boards: Board[]): Axis {
  const values = boards.flatMap(({ ranking }) =>
    (ranking?.players ?? []).flatMap(({ strength, low, high }) => [
      strength,
      low ?? strength,
      high ?? strength,
    ]),
  );
  const reach = Math.max(0.1, ...values.map(Math.abs)) * (1 + ROOM);
  const rough = reach / 2;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (STEPS.find((each) => each * power >= rough) ?? 10);
  const most = Math.floor(reach / step + 1e-9);
  const ticks = Array.from({ length: 2 * most + 1 }, (_, number) => (number - most) * step);
  return { from: -reach, to: reach, ticks };
}

export const placeOn = ({ from, to }: Axis, value: number) =>
  `${(100 * (Math.min(Math.max(value, from), to) - from)) / (to - from)}%`;

/** A number with its sign, as strengths are written. */
export function signed(value: number, digits = 2): string {
  const size = Math.abs(value).toFixed(digits);
  return Number(size) === 0 ? size : (value > 0 ? "+" : "−") + size;
}

export const rankRange = ({ best_rank, worst_rank }: RankedPlayer) =>
  best_rank === worst_rank ? String(best_rank) : `${best_rank}–${worst_rank}`;
