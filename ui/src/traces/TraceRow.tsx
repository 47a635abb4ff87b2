import { Link } from "@tanstack/react-router";
import { memo } from "react";
import type { ScoreSummary, TraceSummary } from "@/api/types";
import { Icon } from "@/components/Icon";
import list from "@/components/ListRow.module.css";
import { StatusMark } from "@/components/Marks";
import { Cost, Missing, Tokens } from "@/components/Value";
import { unitOf } from "@/i18n/format";
import { useWords } from "@/i18n/useWords";
import { isThumb, USER_FEEDBACK } from "./feedback";
import { ThumbMark } from "./ThumbMark";
import styles from "./Traces.module.css";

export function TraceHead() {
  const { t } = useWords();
  return (
    <div className={`${list.row} ${styles.row} ${list.head}`}>
      <span />
      <span>{t("traces.time")}</span>
      <span>{t("traces.name")}</span>
      <span>{t("traces.input")}</span>
      <span>{t("traces.output")}</span>
      <span className={styles.scores}>{t("traces.scores")}</span>
      <span className={list.number}>{t("traces.latency")}</span>
      <span className={list.number}>{t("traces.tokens")}</span>
      <span className={list.number}>{t("traces.cost")}</span>
    </div>
  );
}

const MOST_BARS = 6;

interface Props {
  trace: TraceSummary;
  /** The number of the release version, when its digest is known. */
  number: number | undefined;
  open: boolean;
  onOpen: (trace: TraceSummary) => void;
  /** The open trace, when it is another one: this one can be compared with it. */
  openId?: string;
}

/** OpenTelemetry names spans "operation target"; the target alone tells rows apart. */
function shortName({ name, operation }: TraceSummary): string {
  return operation && name.startsWith(`${operation} `) ? name.slice(operation.length + 1) : name;
}

export const TraceRow = memo(function TraceRow({ trace, number, open, onOpen, openId }: Props) {
  const { t, format } = useWords();
  const failed = trace.status === "error";
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the button inside takes the keys; the row is a larger target
    // biome-ignore lint/a11y/noStaticElementInteractions: as above
    <div className={`${list.row} ${styles.row}`} data-open={open || undefined} onClick={() => onOpen(trace)}>
      <StatusMark status={trace.status} />
      <time
        className={`${list.time} num`}
        dateTime={trace.start_time}
        data-tip={`${format.exact(trace.start_time)}\n${format.relative(trace.start_time)}`}
      >
        {format.clock(trace.start_time)}
      </time>
      <button type="button" className={list.name} onClick={() => onOpen(trace)}>
        <span className="clip">{shortName(trace)}</span>
        {number !== undefined && <span className="faint num">@{number}</span>}
      </button>
      {openId && !open && (
        <Link
          to="/traces/$traceId"
          params={{ traceId: openId }}
          search={{ against: trace.trace_id }}
          className={styles.against}
          aria-label={t("against.open")}
          data-tip={t("against.open")}
          preload={false}
          onClick={(event) => event.stopPropagation()}
        >
          <Icon name="compare" size={14} />
        </Link>
      )}
      <span className="clip">{trace.input || <Missing reason={t("missing.input")} />}</span>
      <span className={`clip ${failed ? list.failed : "dim"}`}>
        {trace.output ||
          (failed ? t("traces.errors", { n: trace.error_count }) : <Missing reason={t("missing.output")} />)}
      </span>
      <ScoreBars scores={trace.scores} />
      <span className={`${list.number} num`}>{format.duration(trace.duration_s)}</span>
      <span className={list.number}>
        <Tokens input={trace.input_tokens} output={trace.output_tokens} />
      </span>
      <span className={list.number}>
        <Cost value={trace.cost_usd} unpriced={trace.unpriced_models} />
      </span>
    </div>
  );
});

/** Each score as a small bar from 0 to 1; names and values are in the tooltip. */
export function ScoreBars({ scores }: { scores: ScoreSummary[] }) {
  const { t, format } = useWords();
  // Latency, tokens and cost have their own columns; a bar from 0 to 1 fits only what is judged.
  const judged = scores.filter(({ name }) => unitOf(name) === "score" && name !== USER_FEEDBACK);
  const thumbs = scores.filter(isThumb);
  if (judged.length + thumbs.length === 0) {
    return (
      <span className={styles.scores}>
        <Missing reason={t("missing.unscored")} />
      </span>
    );
  }
  const text = [...thumbs, ...judged]
    .map(({ name, value, label }) => `${name}  ${value === null ? label || "–" : format.metric(name, value)}`)
    .join("\n");
  return (
    <span className={styles.scores} data-tip={text} role="img" aria-label={text}>
      {thumbs.length > 0 && <ThumbMark thumbs={thumbs} />}
      {judged.slice(0, MOST_BARS).map(({ name, value }) => (
        <span key={name} className={styles.score} data-unknown={value === null || undefined}>
          <span style={{ height: `${100 * Math.min(Math.max(value ?? 0, 0), 1)}%` }} />
        </span>
      ))}
    </span>
  );
}
