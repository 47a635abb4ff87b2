import { useState } from "react";
import { useWords } from "@/i18n/useWords";
import styles from "./Evidence.module.css";
import { sourceOf } from "./evidence";
import "./texts";

interface Made {
  uri: string;
  mime_type: string;
}

interface Props {
  media: Made[];
  /** Whether they were given, with what was asked, and not made. */
  given?: boolean;
  /** Where files are had, if not from the project. */
  base?: string;
}

/** The pictures and clips that a release made, or was given. */
export function MadeMedia({ media, given, base }: Props) {
  return media.map((each, number) => (
    <MadeFile key={each.uri} made={each} number={number + 1} given={given} base={base} />
  ));
}

function MadeFile({ made, number, given, base }: { made: Made; number: number } & Omit<Props, "media">) {
  const { t } = useWords();
  const source = sourceOf(made.uri, base);
  const [gone, setGone] = useState(!source);
  if (gone)
    return (
      <p className={styles.gone}>{t(given ? "evidence.given.gone" : "evidence.made.gone", { n: number })}</p>
    );
  const shown = {
    className: styles.made,
    src: source,
    onError: () => setGone(true),
  };
  const about = t(given ? "evidence.given" : "evidence.made", { n: number });
  return made.mime_type.startsWith("video/") ? (
    <video {...shown} aria-label={about} controls muted preload="metadata" />
  ) : (
    <img {...shown} alt={about} loading="lazy" />
  );
}
