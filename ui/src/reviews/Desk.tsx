import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import type { Queue, Shown } from "@/api/reviews";
import { TextArea } from "@/components/Field";
import { Markdown } from "@/components/Markdown";
import { useWords } from "@/i18n/useWords";
import { ItemView } from "./ItemView";
import { QuestionForm } from "./QuestionForm";
import { Refused } from "./Refused";
import styles from "./Reviews.module.css";
import type { Answering } from "./useAnswering";

/** The outputs of a pair in the order in which they are shown; nothing for other items. */
export function sidesOf(item: Shown): string[] | undefined {
  const sides = item.content?.outputs.map(({ side }) => side) ?? [];
  return sides.length > 1 ? sides : undefined;
}

interface DeskProps {
  queue: Queue;
  item: Shown;
  answering: Answering;
  submit: string;
  pending: boolean;
  error: unknown;
  onSkip: () => void;
  /** What stands between the item and the questions: the labels, for who decides. */
  children?: ReactNode;
}

/** An item and the questions about it, with the guidelines beside it. */
export function Desk({ queue, item, answering, submit, pending, error, onSkip, children }: DeskProps) {
  const { t } = useWords();
  return (
    <div className={styles.desk}>
      <div className={styles.sheet}>
        <ItemView item={item} />
      </div>
      <div className={styles.side}>
        {children}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            answering.submit();
          }}
        >
          <QuestionForm
            questions={queue.questions}
            answers={answering.answers}
            asked={answering.asked}
            sides={sidesOf(item)}
            missing={answering.missing}
            onAsk={answering.ask}
            onAnswer={answering.answer}
          />
          <TextArea
            label={t("reviews.comment")}
            className={styles.comment}
            rows={1}
            value={answering.comment}
            onText={answering.setComment}
          />
          {error !== null && <Refused error={error} />}
          <div className={styles.buttons}>
            <Button type="submit" loading={pending} rightSection={<kbd>↵</kbd>}>
              {submit}
            </Button>
            <Button variant="default" onClick={onSkip} disabled={pending} rightSection={<kbd>S</kbd>}>
              {t("reviews.skip")}
            </Button>
          </div>
        </form>
        {queue.guidelines && (
          <section className={styles.guidelines} aria-label={t("reviews.guidelines")}>
            <h2>{t("reviews.guidelines")}</h2>
            <Markdown text={queue.guidelines} />
          </section>
        )}
      </div>
    </div>
  );
}
