import { type FormEvent, useState } from "react";
import type { Score } from "@/api/types";
import { Icon } from "@/components/Icon";
import { useWords } from "@/i18n/useWords";
import styles from "./Feedback.module.css";

interface Props {
  /** The thumb that is given. */
  mine: Score | undefined;
  pending: boolean;
  problem: string;
  onGive: (value: 0 | 1, comment: string) => void;
  onTakeBack: (score: Score) => void;
}

/** A thumb up or down and a comment; a thumb that is given is taken back by pressing it again. */
export function Feedback({ mine, pending, problem, onGive, onTakeBack }: Props) {
  const { t } = useWords();
  const [comment, setComment] = useState(mine?.explanation ?? "");

  function press(value: 0 | 1) {
    if (mine?.value === value) onTakeBack(mine);
    else onGive(value, comment.trim());
  }

  function comments(event: FormEvent) {
    event.preventDefault();
    if (mine) onGive(mine.value === 1 ? 1 : 0, comment.trim());
  }

  return (
    <form className={styles.feedback} onSubmit={comments}>
      {([1, 0] as const).map((value) => (
        <button
          key={value}
          type="button"
          className={styles.thumb}
          aria-pressed={mine?.value === value}
          aria-label={value ? t("feedback.up") : t("feedback.down")}
          data-tip={value ? t("feedback.up") : t("feedback.down")}
          disabled={pending}
          onClick={() => press(value)}
        >
          <Icon name={value ? "thumb_up" : "thumb_down"} size={14} />
        </button>
      ))}
      {mine && (
        <input
          className={styles.comment}
          value={comment}
          maxLength={2000}
          aria-label={t("feedback.comment")}
          placeholder={t("feedback.comment.hint")}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
      )}
      {problem && (
        <span className={styles.problem} role="alert">
          {problem}
        </span>
      )}
    </form>
  );
}
