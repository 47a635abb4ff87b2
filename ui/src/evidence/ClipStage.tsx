import { useEffect, useRef, useState } from "react";
import { useWords } from "@/i18n/useWords";
import { Boxes, type StageProps } from "./Boxes";
import { ClipControls } from "./ClipControls";
import styles from "./Evidence.module.css";
import { isNow, type JudgedMedia, momentsOf, sourceOf } from "./evidence";

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
  const [playing, setPlaying] = useState(false);
  const source = sourceOf(media.uri);
  const [broken, setBroken] = useState(!source);

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
        // Controls of the browser's own would lie over what was seen at the lower edge.
        <div className={styles.frame}>
          <video
            ref={video}
            src={source}
            aria-label={t("evidence.clip", { n: number + 1 })}
            muted
            playsInline
            preload="auto"
            onTimeUpdate={(event) => setNow(event.currentTarget.currentTime)}
            onSeeked={(event) => setNow(event.currentTarget.currentTime)}
            onPlay={() => setPlaying(true)}
            onPause={() => setPlaying(false)}
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
      <ClipControls
        media={media}
        moments={momentsOf(questions, number)}
        now={now}
        playing={playing}
        active={active}
        about={(numbers) => numbers.map((each) => questions[each]?.question ?? "").join(" ")}
        onActive={onActive}
        onSeek={seek}
        onPlay={broken ? undefined : () => (playing ? video.current?.pause() : void video.current?.play())}
      />
      <figcaption className="faint">{t("evidence.frames", { n: media.frames_s.length })}</figcaption>
    </figure>
  );
}
