import { useState } from "react";
import { useWords } from "@/i18n/useWords";
import { Boxes, type StageProps } from "./Boxes";
import styles from "./Evidence.module.css";
import { type JudgedMedia, sourceOf } from "./evidence";

/** A picture with what was seen in it. */
export function PictureStage({ media, number, ...boxes }: StageProps & { media: JudgedMedia }) {
  const { t } = useWords();
  const source = sourceOf(media.uri);
  const [gone, setGone] = useState(!source);
  if (gone) {
    return (
      <p className={styles.gone} role="status">
        {t("evidence.gone")}
      </p>
    );
  }
  return (
    <figure className={styles.picture}>
      <img src={source} alt={t("evidence.picture", { n: number + 1 })} onError={() => setGone(true)} />
      <Boxes {...boxes} />
    </figure>
  );
}
