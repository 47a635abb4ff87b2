import { type MouseEvent, memo } from "react";
import type { ScoreSummary } from "@/api/types";
import { StatusMark } from "@/components/Marks";
import { Cost, Missing, Tokens } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import { Conversation } from "@/traces/Conversation";
import styles from "./Sessions.module.css";
import type { Turn } from "./turns";

interface Props {
  turn: Turn;
  open: boolean;
  onOpen: (traceId: string) => void;
}

/** What was said and what was answered; what it took stands quietly beside. */
export const TurnView = memo(function TurnView({ turn, open, onOpen }: Props) {
  const { t, format } = useWords();
  const { trace, number, resumed } = turn;
  const failed = trace.error_count > 0;

  function choose(event: MouseEvent) {
    // Who marks a text to copy it, or presses a button within it, does not ask for the trace.
    if (window.getSelection()?.toString() || (event.target as Element).closest("a, button, summary")) return;
    onOpen(trace.trace_id);
  }

  return (
    <article className={styles.turn} data-open={open || undefined}>
      {resumed && (
        <div className={`${styles.pause} faint num`}>
          <time dateTime={trace.start_time} data-tip={format.exact(trace.start_time)}>
            {format.clock(trace.start_time)}
          </time>
        </div>
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the button beside takes the keys; the turn is a larger target */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: as above */}
      <div className={styles.exchange} onClick={choose}>
        <div className={styles.said}>
          {trace.input ? (
            <Conversation raw={trace.input} speaker="user" />
          ) : (
            <Missing reason={t("missing.said")} />
          )}
          {trace.output ? (
            <Conversation raw={trace.output} speaker="assistant" />
          ) : (
            <p className={failed ? styles.failure : "faint"}>
              {failed ? t("traces.errors", { n: trace.error_count }) : t("missing.reply")}
            </p>
          )}
        </div>
        <div className={styles.beside}>
          <button
            type="button"
            className={`${styles.ordinal} num`}
            onClick={() => onOpen(trace.trace_id)}
            aria-label={t("session.open", { n: number })}
          >
            {failed && <StatusMark status="error" />}
            {format.integer(number)}
          </button>
          <span className="num" data-tip={t("traces.latency")}>
            {format.duration(trace.duration_s)}
          </span>
          <Tokens input={trace.input_tokens} output={trace.output_tokens} />
          <Cost value={trace.cost_usd} />
          {trace.output && failed && (
            <span className={styles.bad}>{t("traces.errors", { n: trace.error_count })}</span>
          )}
          {trace.scores.map((score) => (
            <ScoreLine key={score.name} score={score} />
          ))}
        </div>
      </div>
    </article>
  );
});

function ScoreLine({ score: { name, value, label } }: { score: ScoreSummary }) {
  const { format } = useWords();
  return (
    <span className={styles.score}>
      <span className="clip">{name}</span>
      <span className="num">{value === null ? label || "–" : format.metric(name, value)}</span>
    </span>
  );
}
