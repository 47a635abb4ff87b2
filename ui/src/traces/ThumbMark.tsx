import type { ScoreSummary } from "@/api/types";
import { Icon } from "@/components/Icon";
import styles from "./Feedback.module.css";

/** People's thumbs on a trace as one mark: down as soon as one of them is. */
export function ThumbMark({ thumbs }: { thumbs: ScoreSummary[] }) {
  const down = thumbs.some(({ value }) => value === 0);
  return (
    <span className={styles.mark} data-tone={down ? "bad" : "good"}>
      <Icon name={down ? "thumb_down" : "thumb_up"} size={13} />
    </span>
  );
}
