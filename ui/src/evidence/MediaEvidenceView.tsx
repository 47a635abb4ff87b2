import { useMemo, useRef, useState } from "react";
import { useWords } from "@/i18n/useWords";
import { ClipStage } from "./ClipStage";
import styles from "./Evidence.module.css";
import { type MediaEvidence, placesOf } from "./evidence";
import { PictureStage } from "./PictureStage";
import { QuestionList } from "./QuestionList";
import "./texts";

/** The pictures and clips that were judged, with the answers where they were seen and as a list beside them. */
export function MediaEvidenceView({ evidence }: { evidence: MediaEvidence }) {
  const { t } = useWords();
  const [active, setActive] = useState<number[]>([]);
  const places = useMemo(() => placesOf(evidence.questions), [evidence]);
  const seeks = useRef(new Map<number, (time_s: number) => void>());

  function choose(number: number) {
    const { media, time_s } = evidence.questions[number] ?? {};
    if (media != null && time_s != null) seeks.current.get(media)?.(time_s);
  }

  return (
    <div className={styles.whole}>
      <div className={styles.evidence}>
        <div className={styles.stages}>
          {evidence.media.map((media, number) => {
            const stage = {
              media,
              number,
              active,
              places: places.filter((place) => place.media === number),
              questions: evidence.questions,
              onActive: setActive,
            };
            return media.shape === "clip" ? (
              <ClipStage
                key={media.uri}
                {...stage}
                onSeek={(seek) => {
                  seeks.current.set(number, seek);
                }}
              />
            ) : (
              <PictureStage key={media.uri} {...stage} />
            );
          })}
        </div>
        {evidence.questions.length === 0 ? (
          <p className="faint">{t("evidence.nothing")}</p>
        ) : (
          <QuestionList
            questions={evidence.questions}
            active={active}
            onActive={setActive}
            onChoose={choose}
          />
        )}
      </div>
    </div>
  );
}
