import { memo } from "react";
import type { SpanSummary } from "@/api/types";
import { Icon } from "@/components/Icon";
import list from "@/components/ListRow.module.css";
import { StatusMark } from "@/components/Marks";
import { Cost, Missing, Tokens } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import { iconOf } from "@/traces/spanKind";
import { ScoreBars } from "@/traces/TraceRow";
import traces from "@/traces/Traces.module.css";
import styles from "./Spans.module.css";

export function SpanListHead() {
  const { t } = useWords();
  return (
    <div className={`${list.row} ${styles.row} ${list.head}`}>
      <span />
      <span>{t("traces.time")}</span>
      <span>{t("traces.name")}</span>
      <span>{t("spans.about")}</span>
      <span>{t("traces.input")}</span>
      <span>{t("traces.output")}</span>
      <span className={traces.scores}>{t("traces.scores")}</span>
      <span className={list.number}>{t("traces.latency")}</span>
      <span className={list.number}>{t("traces.tokens")}</span>
      <span className={list.number}>{t("traces.cost")}</span>
    </div>
  );
}

interface Props {
  span: SpanSummary;
  open: boolean;
  onOpen: (span: SpanSummary) => void;
}

/** What a span is done with: the tool, the model that answered or was asked, or the agent. */
const aboutOf = (span: SpanSummary) =>
  span.tool || span.response_model || span.request_model || span.agent || "";

/** One span of any trace, on one line. */
export const SpanListRow = memo(function SpanListRow({ span, open, onOpen }: Props) {
  const { t, format } = useWords();
  const failed = span.status === "error";
  const about = aboutOf(span);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the button inside takes the keys; the row is a larger target
    // biome-ignore lint/a11y/noStaticElementInteractions: as above
    <div className={`${list.row} ${styles.row}`} data-open={open || undefined} onClick={() => onOpen(span)}>
      <StatusMark status={span.status} />
      <time
        className={`${list.time} num`}
        dateTime={span.start_time}
        data-tip={`${format.exact(span.start_time)}\n${format.relative(span.start_time)}`}
      >
        {format.clock(span.start_time)}
      </time>
      <button type="button" className={`${list.name} ${styles.name}`} onClick={() => onOpen(span)}>
        <Icon name={iconOf(span)} size={14} />
        <span className="clip" data-tip={span.operation || undefined}>
          {span.name}
        </span>
      </button>
      <span className="clip">{about || <Missing reason={t("spans.about.none")} />}</span>
      <span className="clip">{span.input || <Missing reason={t("missing.input")} />}</span>
      <span className={`clip ${failed ? list.failed : "dim"}`}>
        {(failed && span.status_message) || span.output || <Missing reason={t("missing.output")} />}
      </span>
      <ScoreBars scores={span.scores} />
      <span className={`${list.number} num`}>{format.duration(span.duration_s)}</span>
      <span className={list.number}>
        <Tokens input={span.input_tokens} output={span.output_tokens} />
      </span>
      <span className={list.number}>
        <Cost value={span.cost_usd} unpriced={span.cost_basis === "no_price" ? [aboutOf(span)] : []} />
      </span>
    </div>
  );
});
