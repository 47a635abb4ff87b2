import styles from "./Spark.module.css";

export interface SparkPoint {
  time: string;
  value: number | null;
  /** A part of the value that went wrong, drawn from the top of the bar. */
  bad?: number;
  /** Whether the value is an estimate. */
  estimated?: boolean;
}

interface SparkProps {
  points: SparkPoint[];
  kind: "line" | "bars";
  label: string;
  /** A moment to mark with a tick, such as the one at which the release went live. */
  mark?: { time: string; label: string };
  describe: (point: SparkPoint) => string;
}

const WIDTH = 240;
const HEIGHT = 40;

/** A lone point becomes a short stroke, or it would not be seen. */
const asLine = (piece: string[]) => (piece.length === 1 ? `${piece[0]}m-3 0h6` : piece.join(""));

/** Line pieces between gaps: a missing value breaks the line instead of falling to zero. */
export function linePieces(values: (number | null)[], maximum: number): string[] {
  const pieces: string[] = [];
  let piece: string[] = [];
  values.forEach((value, index) => {
    if (value === null) {
      if (piece.length) pieces.push(asLine(piece));
      piece = [];
      return;
    }
    const x = ((index + 0.5) * WIDTH) / values.length;
    const y = HEIGHT - 2 - ((HEIGHT - 6) * value) / (maximum || 1);
    piece.push(`${piece.length ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`);
  });
  if (piece.length) pieces.push(asLine(piece));
  return pieces;
}

function markPosition(points: SparkPoint[], time: string): number | null {
  const first = points[0];
  const last = points[points.length - 1];
  if (!first || !last || points.length < 2) return null;
  const start = Date.parse(first.time);
  const step = (Date.parse(last.time) - start) / (points.length - 1);
  const share = (Date.parse(time) - start) / (step * points.length);
  return share >= 0 && share <= 1 ? share * WIDTH : null;
}

export function Spark({ points, kind, label, mark, describe }: SparkProps) {
  const maximum = Math.max(...points.map((point) => point.value ?? 0), 0);
  const slot = WIDTH / (points.length || 1);
  const tick = mark ? markPosition(points, mark.time) : null;
  return (
    <div className={styles.frame}>
      <svg
        className={styles.spark}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
      >
        {kind === "bars" &&
          points.map((point, index) => {
            const height = ((HEIGHT - 6) * (point.value ?? 0)) / (maximum || 1);
            const bad = ((HEIGHT - 6) * (point.bad ?? 0)) / (maximum || 1);
            const x = index * slot + slot * 0.14;
            return (
              <g key={point.time}>
                <rect className={styles.bar} x={x} width={slot * 0.72} y={HEIGHT - height} height={height} />
                {bad > 0 && (
                  <rect
                    className={styles.bad}
                    x={x}
                    width={slot * 0.72}
                    y={HEIGHT - height}
                    height={Math.max(bad, 2.5)}
                  />
                )}
              </g>
            );
          })}
        {kind === "line" &&
          linePieces(
            points.map((point) => point.value),
            maximum,
          ).map((piece) => <path key={piece} className={styles.line} d={piece} />)}
        {tick !== null && <line className={styles.tick} x1={tick} x2={tick} y1={0} y2={HEIGHT} />}
      </svg>
      <div className={styles.slots}>
        {points.map((point) => (
          <span key={point.time} data-tip={describe(point)} />
        ))}
      </div>
      {tick !== null && mark && (
        <span className={styles.flag} style={{ left: `${(100 * tick) / WIDTH}%` }} data-tip={mark.label} />
      )}
    </div>
  );
}
