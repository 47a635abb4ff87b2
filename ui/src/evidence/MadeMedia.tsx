import { useState } from "react";
import { useWords } from "@/i18n/useWords";
import styles from "./Evidence.module.css";
import { sourceOf } from "./evidence";
import "./texts";

interface Made {
  uri: string;
  mime_type: string;
}

/** The pictures and clips that a release made. */
export function MadeMedia({ media }: { media: Made[] }) {
  return media.map((each, number) => <MadeFile key={each.uri} made={each} number={number + 1} />);
}

function MadeFile({ made, number }: { made: Made; number: number }) {
  const { t } = useWords();
  const source = sourceOf(made.uri);
  const [gone, setGone] = useState(!source);
  if (gone) return <p className={styles.gone}>{t("evidence.made.gone", { n: number })}</p>;
  const shown = {
    className: styles.made,
    src: source,
    onError: () => setGone(true),
  };
  const about = t("evidence.made", { n: number });
  return made.mime_type.startsWith("video/") ? (
    <video {...shown} aria-label={about} controls muted preload="metadata" />
  ) : (
    <img {...shown} alt={about} loading="lazy" />
  );
}
