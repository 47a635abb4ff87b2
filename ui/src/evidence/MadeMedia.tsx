import { useWords } from "@/i18n/useWords";
import styles from "./Evidence.module.css";
import { sourceOf } from "./evidence";
import "./texts";

/** The pictures and clips that a release made. */
export function MadeMedia({ media }: { media: { uri: string; mime_type: string }[] }) {
  const { t } = useWords();
  return media.map(({ uri, mime_type: type }, number) => {
    const source = sourceOf(uri);
    const about = t("evidence.made", { n: number + 1 });
    return /video/.test(type || uri) ? (
      <video
        key={uri}
        className={styles.made}
        src={source}
        aria-label={about}
        controls
        muted
        preload="metadata"
      />
    ) : (
      <img key={uri} className={styles.made} src={source} alt={about} loading="lazy" />
    );
  });
}
