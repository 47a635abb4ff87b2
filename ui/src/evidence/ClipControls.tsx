import { Icon } from "@/components/Icon";
import { useWords } from "@/i18n/useWords";
import styles from "./Evidence.module.css";
import type { JudgedMedia, Moment } from "./evidence";

interface Props {
  media: JudgedMedia;
  moments: Moment[];
  now: number;
  playing: boolean;
  active: number[];
  about: (questions: number[]) => string;
  onActive: (questions: number[]) => void;
  onSeek: (time_s: number) => void;
  /** Plays or pauses; nothing plays a clip that is gone, and its marks still say when. */
  onPlay: (() => void) | undefined;
}

/** Play and pause, the time, and along it the frames that were looked at and the answers that were seen then. */
export function ClipControls(props: Props) {
  const { media, moments, now, playing, active, about, onActive, onSeek, onPlay } = props;
  const { t, format } = useWords();
  const duration = media.duration_s || 1;
  const at = (time_s: number) => `${Math.min(100, (time_s / duration) * 100)}%`;
  return (
    <div className={styles.controls}>
      {onPlay && (
        <button
          type="button"
          className={styles.play}
          onClick={onPlay}
          aria-label={t(playing ? "evidence.pause" : "evidence.play")}
        >
          <Icon name={playing ? "pause" : "play"} size={13} />
        </button>
      )}
      <fieldset className={styles.marks} aria-label={t("evidence.marks")}>
        {onPlay && (
          <input
            type="range"
            className={styles.slider}
            min={0}
            max={duration}
            step={duration / 200}
            value={Math.min(now, duration)}
            aria-label={t("evidence.time")}
            aria-valuetext={format.duration(now)}
            onChange={(event) => onSeek(Number(event.currentTarget.value))}
          />
        )}
        {media.frames_s.map((time_s) => (
          <i key={time_s} className={styles.tick} style={{ left: at(time_s) }} />
        ))}
        {moments.map(({ time_s, answer, questions }) => {
          const label = t("evidence.seek", { time: format.duration(time_s), what: about(questions) });
          return (
            <button
              type="button"
              key={time_s}
              className={`${styles.mark} num`}
              data-answer={answer}
              data-active={questions.some((number) => active.includes(number)) || undefined}
              style={{ left: at(time_s) }}
              aria-label={label}
              data-tip={label}
              onClick={() => onSeek(time_s)}
              onMouseEnter={() => onActive(questions)}
              onMouseLeave={() => onActive([])}
              onFocus={() => onActive(questions)}
              onBlur={() => onActive([])}
            >
              {questions.map((number) => number + 1).join(" ")}
            </button>
          );
        })}
      </fieldset>
      <span className={`${styles.time} num`}>{format.duration(now)}</span>
    </div>
  );
}
