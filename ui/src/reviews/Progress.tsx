import type { Queue } from "@/api/reviews";
import { useWords } from "@/i18n/useWords";
import styles from "./Reviews.module.css";

/** How many of the labels that a queue asks for are given. */
export function LabelProgress({ queue }: { queue: Queue }) {
  const { t, format } = useWords();
  const wanted = queue.progress.items * queue.labels_per_item;
  return (
    <span className={styles.progress} data-tip={t("reviews.progress.tip", { n: queue.labels_per_item })}>
      <Bar label={t("reviews.progress")} share={wanted ? Math.min(1, queue.progress.labels / wanted) : 0} />
      <span className="num dim">
        {format.integer(queue.progress.labels)} / {format.integer(wanted)}
      </span>
    </span>
  );
}

/** How many items have their reference. */
export function SettledProgress({ queue }: { queue: Queue }) {
  const { t, format } = useWords();
  const { items, settled } = queue.progress;
  return (
    <span className={styles.progress}>
      <Bar label={t("reviews.settled")} share={items ? settled / items : 0} />
      <span className="num">
        {format.integer(settled)} / {format.integer(items)}
      </span>
    </span>
  );
}

function Bar({ label, share }: { label: string; share: number }) {
  return (
    <span
      className={styles.bar}
      role="progressbar"
      aria-label={label}
      aria-valuenow={Math.round(share * 100)}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <span style={{ width: `${share * 100}%` }} />
    </span>
  );
}
