import { OutcomeBadge } from "@/components/Marks";
import { Missing } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import styles from "./DifferencePlot.module.css";
import {
  type DifferenceGroup,
  type DifferenceRow,
  directionOf,
  groupDifferences,
  ticksOf,
} from "./differences";

interface PlotProps {
  rows: DifferenceRow[];
  chosen?: string;
  onChoose?: (metric: string) => void;
}

/** Differences with their intervals on one axis; the margin of the gate is drawn where there is one. */
export function DifferencePlot({ rows, chosen, onChoose }: PlotProps) {
  const { t } = useWords();
  return (
    <div className={styles.plot}>
      {groupDifferences(rows).map((group) => (
        <div key={group.kind} className={styles.group}>
          <div className={styles.caption}>
            <span>{t(`compare.axis.${group.kind}`)}</span>
          </div>
          {group.rows.map((row) => (
            <Line key={row.name} group={group} row={row} chosen={row.name === chosen} onChoose={onChoose} />
          ))}
          <Axis group={group} />
        </div>
      ))}
    </div>
  );
}

const percent = (share: number) => `${Math.min(Math.max(share, 0), 1) * 100}%`;

function Axis({ group }: { group: DifferenceGroup }) {
  const { format } = useWords();
  const label = (value: number) => {
    const size = Math.abs(value);
    const text = group.kind !== "absolute" ? format.percent(size, 0) : String(Number(size.toPrecision(2)));
    return value === 0 ? "0" : (value > 0 ? "+" : "−") + text;
  };
  return (
    <div className={styles.line} aria-hidden="true">
      <span />
      <div className={`${styles.axis} num`}>
        {ticksOf(group.reach).map((tick) => (
          <span key={tick} style={{ left: percent(0.5 + tick / (2 * group.reach)) }}>
            {label(tick)}
          </span>
        ))}
      </div>
      <span />
    </div>
  );
}

interface LineProps {
  group: DifferenceGroup;
  row: DifferenceRow;
  chosen: boolean;
  onChoose?: (metric: string) => void;
}

function Line({ group, row, chosen, onChoose }: LineProps) {
  const { t, format } = useWords();
  const { name, metric = row.name, difference, low, high } = row;
  const direction = directionOf(row);
  const place = (value: number) => percent(0.5 + (value * group.scaleOf(row)) / (2 * group.reach));
  const tip =
    difference === null || low === null || high === null
      ? undefined
      : t("interval.tip", {
          metric: name,
          low: format.difference(metric, low),
          high: format.difference(metric, high),
          n: row.n,
        });
  return (
    <div className={styles.line} data-chosen={chosen || undefined}>
      {onChoose ? (
        <button type="button" className={styles.name} onClick={() => onChoose(name)} aria-pressed={chosen}>
          {name}
        </button>
      ) : (
        <span className={styles.name}>{name}</span>
      )}
      <div className={styles.track} data-tip={tip}>
        <span className={styles.zero} />
        <Margin group={group} row={row} />
        {low !== null && high !== null && (
          <span
            className={styles.range}
            data-direction={direction}
            style={{ left: place(low), right: `calc(100% - ${place(high)})` }}
          />
        )}
        {difference !== null && (
          <span className={styles.point} data-direction={direction} style={{ left: place(difference) }} />
        )}
      </div>
      <div className={`${styles.figures} num`}>
        {difference === null ? (
          <Missing reason={t("missing.pairs")} />
        ) : (
          <>
            <span className={styles.difference}>{format.difference(metric, difference)}</span>
            {row.bound === undefined && (
              <span className={styles.direction} data-direction={direction}>
                {t(`compare.${direction}`)}
              </span>
            )}
          </>
        )}
        {row.outcome && <OutcomeBadge outcome={row.outcome} />}
      </div>
    </div>
  );
}

/** The side of the margin, or of the bound, on which the gate does not want the interval to be. */
function Margin({ group, row }: { group: DifferenceGroup; row: DifferenceRow }) {
  const { t, format } = useWords();
  const { threshold, bound, metric = row.name } = row;
  if (threshold === undefined) return null;
  const share = (threshold * group.scaleOf(row)) / (2 * group.reach);
  const size = format.metric(metric, Math.abs(threshold));
  let tip = t(threshold < 0 ? "compare.margin" : "compare.improvement", { margin: size });
  if (bound !== undefined) {
    tip = t(row.higherIsBetter ? "compare.at_least" : "compare.at_most", {
      bound: format.metric(metric, bound),
    });
  }
  const width = percent(0.5 + share);
  const style = row.higherIsBetter
    ? { left: 0, width, borderRightWidth: 1 }
    : { right: 0, width, borderLeftWidth: 1 };
  return <span className={styles.margin} style={style} data-tip={tip} />;
}
