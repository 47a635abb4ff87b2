import { useEffect, useRef, useState } from "react";
import { useWords } from "@/i18n/useWords";
import { Boxes, type StageProps } from "./Boxes";
import styles from "./Evidence.module.css";
import { isNow, type JudgedMedia, type Moment, momentsOf, sourceOf } from "./evidence";

interface Props extends StageProps {
  media: JudgedMedia;
  /** Hands over how this clip is brought to a time. */
  onSeek: (seek: (time_s: number) => void) => void;
}

/** A clip with what was seen in the frame that is shown, and marks at the times of the answers. */
export function ClipStage({ media, number, places, questions, active, onActive, onSeek }: Props) {
  const { t } = useWords();
  const video = useRef<HTMLVideoElement>(null);
  const [now, setNow] = useState(0);
  const source = sourceOf(media.uri);
  const [broken, setBroken] = useState(!source);
  const moments = momentsOf(questions, number);

  function seek(time_s: number) {
    if (!video.current) return;
    video.current.pause();
    video.current.currentTime = time_s;
  }
  useEffect(() => onSeek(seek));

  return (
    <figure className={styles.clip}>
      {broken ? (
        <p className={styles.gone} role="status">
          {t("evidence.unplayable")}{" "}
          {source && (
            <a className="link" href={source} download>
              {t("evidence.download")}
            </a>
          )}
        </p>
      ) : (
        <div className={styles.frame}>
          <video
            ref={video}
            src={source}
            aria-label={t("evidence.clip", { n: number + 1 })}
            controls
            muted
            playsInline
            preload="auto"
            onTimeUpdate={(event) => setNow(event.currentTarget.currentTime)}
            onSeeked={(event) => setNow(event.currentTarget.currentTime)}
            onError={() => setBroken(true)}
          />
          <Boxes
            places={places.filter((place) => isNow(place.time_s, now))}
            questions={questions}
            active={active}
            onActive={onActive}
          />
        </div>
      )}
      <Marks
        media={media}
        moments={moments}
        now={now}
        active={active}
        about={(numbers) => numbers.map((each) => questions[each]?.question ?? "").join(" ")}
        onActive={onActive}
        onSeek={seek}
      />
      <figcaption className="faint">{t("evidence.frames", { n: media.frames_s.length })}</figcaption>
    </figure>
  );
}

interface MarksProps {
  media: JudgedMedia;
  moments: Moment[];
  now: number;
  active: number[];
  about: (questions: number[]) => string;
  onActive: (questions: number[]) => void;
  onSeek: (time_s: number) => void;
}

function Marks({ media, moments, now, active, about, onActive, onSeek }: MarksProps) {
  const { t, format } = useWords();
  const duration = media.duration_s || 1;
  const at = (time_s: number) => `${Math.min(100, (time_s / duration) * 100)}%`;
  return (
    <fieldset className={styles.marks} aria-label={t("evidence.marks")}>
      {media.frames_s.map((time_s) => (
        <i key={time_s} className={styles.tick} style={{ left: at(time_s) }} />
      ))}
      <i className={styles.now} style={{ left: at(now) }} />
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
  );
}
