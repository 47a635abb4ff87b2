import { type PointerEvent, useMemo, useRef, useState } from "react";
import type { TextKey } from "@/i18n/catalogue";
import { useWords } from "@/i18n/useWords";
import styles from "./LatencyStrip.module.css";

/** What a row shows here: a trace, or a span. */
export interface Timed {
  trace_id: string;
  span_id?: string;
  start_time: string;
  duration_s: number;
  status: string;
}

interface Props {
  rows: Timed[];
  onRange: (from: string, to: string) => void;
  onOpen: (row: Timed) => void;
  /** What the points are. */
  label?: TextKey;
  tip?: TextKey;
}

const HEIGHT = 56;
const PAD = 6;
const MOST_POINTS = 1_000;
const LEAST_DRAG = 0.01;

export interface Placed {
  row: Timed;
  /** Share of the width (0 oldest, 1 newest) and of the height (0 fastest, 1 slowest, logarithmic). */
  x: number;
  y: number;
}

export function placePoints(rows: Timed[]): { points: Placed[]; from: number; to: number } {
  const times = rows.map((row) => Date.parse(row.start_time));
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const logs = rows.map((row) => Math.log10(Math.max(row.duration_s, 0.001)));
  const [low, high] = [Math.min(...logs), Math.max(...logs)];
  const points = rows.map((row, index) => ({
    row,
    x: ((times[index] ?? from) - from) / (to - from || 1),
    y: ((logs[index] ?? low) - low) / (high - low || 1),
  }));
  return { points, from, to };
}

/** Each loaded row as a point: time across, latency up. A drag narrows the list to that time. */
export function LatencyStrip({
  rows,
  onRange,
  onOpen,
  label = "traces.strip",
  tip = "traces.strip.tip",
}: Props) {
  const { t, format } = useWords();
  const shown = rows.length > MOST_POINTS ? rows.slice(0, MOST_POINTS) : rows;
  const { points, from, to } = useMemo(() => placePoints(shown), [shown]);
  const host = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<[number, number] | null>(null);
  const slowest = Math.max(...shown.map((row) => row.duration_s));
  const fastest = Math.min(...shown.map((row) => row.duration_s));

  const shareOf = (event: PointerEvent) => {
    const box = host.current?.getBoundingClientRect();
    return box ? Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1) : 0;
  };
  const nearest = (event: PointerEvent): Placed | undefined => {
    const box = host.current?.getBoundingClientRect();
    if (!box) return undefined;
    const distance = (point: Placed) =>
      Math.hypot(
        point.x * box.width - (event.clientX - box.left),
        HEIGHT - PAD - point.y * (HEIGHT - 2 * PAD) - (event.clientY - box.top),
      );
    const best = points.reduce((a, b) => (distance(a) <= distance(b) ? a : b));
    return distance(best) < 10 ? best : undefined;
  };

  function finish(event: PointerEvent) {
    if (!drag) return;
    const [a, b] = [Math.min(...drag), Math.max(...drag)];
    setDrag(null);
    if (b - a < LEAST_DRAG) {
      const hit = nearest(event);
      if (hit) onOpen(hit.row);
      return;
    }
    const at = (share: number) => new Date(from + share * (to - from)).toISOString();
    onRange(at(a), at(b));
  }

  return (
    <div className={styles.strip}>
      <div className={`${styles.scale} num`} aria-hidden="true">
        <span>{format.duration(slowest)}</span>
        <span>{format.duration(fastest)}</span>
      </div>
      <div
        ref={host}
        className={styles.plot}
        role="img"
        aria-label={t(label, { n: shown.length })}
        data-tip={t(tip, { n: shown.length })}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag([shareOf(event), shareOf(event)]);
        }}
        onPointerMove={(event) => drag && setDrag([drag[0], shareOf(event)])}
        onPointerUp={finish}
      >
        <svg width="100%" height={HEIGHT} aria-hidden="true">
          {points.map(({ row, x, y }) => (
            <circle
              key={`${row.trace_id}${row.span_id ?? ""}`}
              cx={`${(x * 100).toFixed(2)}%`}
              cy={HEIGHT - PAD - y * (HEIGHT - 2 * PAD)}
              r={row.status === "error" ? 3.2 : 2.2}
              data-error={row.status === "error" || undefined}
            />
          ))}
        </svg>
        {drag && (
          <span
            className={styles.brush}
            style={{ left: `${Math.min(...drag) * 100}%`, width: `${Math.abs(drag[1] - drag[0]) * 100}%` }}
          />
        )}
      </div>
      <div className={`${styles.times} num`} aria-hidden="true">
        <span>{format.clock(new Date(from).toISOString())}</span>
        <span>{format.clock(new Date(to).toISOString())}</span>
      </div>
    </div>
  );
}
