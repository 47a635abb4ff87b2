import { useContext } from "react";
import { Icon } from "@/components/Icon";
import { useWords } from "@/i18n/useWords";
import styles from "./Media.module.css";
import { FileBase, type MediaReference, shapeOf } from "./mediaReference";

/** A file of a message: pictures and sounds as such, anything else to download. */
export function Media({ media }: { media: MediaReference }) {
  const { t, format } = useWords();
  const address = `${useContext(FileBase)}/${media.digest}`;
  const about = t("message.file", {
    name: media.name || media.type,
    size: format.bytes(media.bytes),
  });
  switch (shapeOf(media)) {
    case "image":
      return (
        <a href={address} target="_blank" rel="noreferrer" className={styles.picture}>
          <img src={address} alt={about} data-tip={about} loading="lazy" />
        </a>
      );
    case "audio":
      return (
        // biome-ignore lint/a11y/useMediaCaption: a recording that somebody sent has no captions
        <audio src={address} aria-label={about} controls preload="metadata" className={styles.player} />
      );
    case "video":
      return (
        // biome-ignore lint/a11y/useMediaCaption: a recording that somebody sent has no captions
        <video src={address} aria-label={about} controls preload="metadata" className={styles.player} />
      );
    case "file":
      return (
        <a href={address} download={media.name || true} className={styles.chip}>
          <Icon name="download" size={13} />
          {about}
        </a>
      );
  }
}
