import type { Outcome, RunState } from "@/api/types";
import type { TextKey } from "@/i18n/catalogue";
import { useWords } from "@/i18n/useWords";
import styles from "./Marks.module.css";

type Tone = "good" | "bad" | "warn" | "accent" | "plain";
type Shape = "disc" | "cross" | "half" | "ring" | "dash" | "turn";

/** State as a shape and a colour: each outcome is told apart without the colour too. */
function Mark({ tone, shape }: { tone: Tone; shape: Shape }) {
  return (
    <svg className={styles.mark} data-tone={tone} data-shape={shape} viewBox="0 0 12 12" aria-hidden="true">
      {shape === "disc" && (
        <>
          <circle cx="6" cy="6" r="5.5" fill="currentColor" />
          <path d="m3.6 6.2 1.7 1.7 3.2-3.6" className={styles.cut} />
        </>
      )}
      {shape === "cross" && (
        <>
          <path d="M3.7.8h4.6l3 3v4.4l-3 3H3.7l-3-3V3.8z" fill="currentColor" />
          <path d="m4.2 4.2 3.6 3.6M7.8 4.2 4.2 7.8" className={styles.cut} />
        </>
      )}
      {shape === "half" && (
        <>
          <circle cx="6" cy="6" r="4.9" fill="none" stroke="currentColor" strokeWidth="1.3" />
          <path d="M6 1.5a4.5 4.5 0 0 1 0 9z" fill="currentColor" />
        </>
      )}
      {shape === "ring" && (
        <circle cx="6" cy="6" r="4.7" fill="none" stroke="currentColor" strokeWidth="1.3" />
      )}
      {shape === "dash" && (
        <path d="M2.5 6h7" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
      )}
      {shape === "turn" && (
        <path
          d="M6 1.3A4.7 4.7 0 1 1 1.3 6"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.5"
          strokeLinecap="round"
        />
      )}
    </svg>
  );
}

interface BadgeProps {
  tone: Tone;
  shape: Shape;
  word: string;
  filled?: boolean;
}

export function Badge({ tone, shape, word, filled }: BadgeProps) {
  return (
    <span className={styles.badge} data-tone={tone} data-filled={filled || undefined}>
      <Mark tone={tone} shape={shape} />
      {word}
    </span>
  );
}

const OUTCOMES: Record<Outcome, { tone: Tone; shape: Shape; word: TextKey }> = {
  pass: { tone: "good", shape: "disc", word: "outcome.pass" },
  fail: { tone: "bad", shape: "cross", word: "outcome.fail" },
  not_enough_data: { tone: "warn", shape: "half", word: "outcome.not_enough_data" },
};

export const isOutcome = (text: string): text is Outcome => Object.hasOwn(OUTCOMES, text);

export function OutcomeBadge({ outcome, filled }: { outcome: Outcome; filled?: boolean }) {
  const { t } = useWords();
  const { tone, shape, word } = OUTCOMES[outcome];
  return <Badge tone={tone} shape={shape} word={t(word)} filled={filled} />;
}

const STATES: Record<RunState, { tone: Tone; shape: Shape; word: TextKey }> = {
  queued: { tone: "plain", shape: "ring", word: "state.queued" },
  running: { tone: "accent", shape: "turn", word: "state.running" },
  finished: { tone: "good", shape: "disc", word: "state.finished" },
  failed: { tone: "bad", shape: "cross", word: "state.failed" },
  stopped: { tone: "warn", shape: "half", word: "state.stopped" },
  decided: { tone: "accent", shape: "half", word: "state.decided" },
  cancelled: { tone: "plain", shape: "dash", word: "state.cancelled" },
};

export function RunStateBadge({ state }: { state: RunState }) {
  const { t } = useWords();
  const { tone, shape, word } = STATES[state];
  return <Badge tone={tone} shape={shape} word={t(word)} />;
}

/** Spans that went well stay quiet: only errors carry a filled mark. */
export function StatusMark({ status }: { status: string }) {
  const { t } = useWords();
  const failed = status === "error";
  const word = failed ? t("status.error") : t("status.ok");
  return (
    <span className={styles.status} role="img" aria-label={word} data-tip={word}>
      {failed ? <Mark tone="bad" shape="cross" /> : <span className={styles.dot} />}
    </span>
  );
}

export function Verified({ ok, word }: { ok: boolean; word: string }) {
  return <Badge tone={ok ? "good" : "bad"} shape={ok ? "disc" : "cross"} word={word} filled />;
}
