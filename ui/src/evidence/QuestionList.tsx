import { useEffect, useRef } from "react";
import { useWords } from "@/i18n/useWords";
import styles from "./Evidence.module.css";
import type { Answer, Question } from "./evidence";

interface Props {
  questions: Question[];
  active: number[];
  onActive: (questions: number[]) => void;
  /** Shows where the answer to a question was seen. */
  onChoose: (question: number) => void;
}

const SIGNS: Record<Answer, string> = { yes: "✓", no: "✗", not_visible: "–" };

/** The questions with their answers; the one that is looked at is marked in the picture too. */
export function QuestionList({ questions, active, onActive, onChoose }: Props) {
  const { t, format } = useWords();
  const list = useRef<HTMLOListElement>(null);
  const first = active[0];
  useEffect(() => {
    if (first === undefined) return;
    const item = list.current?.children[first];
    // Only within the list: the page is not to jump under the pointer.
    if (item instanceof HTMLElement && list.current) scrollIntoList(list.current, item);
  }, [first]);
  return (
    <ol ref={list} className={styles.questions} aria-label={t("evidence.questions")}>
      {questions.map((asked, number) => (
        <li key={asked.question}>
          <button
            type="button"
            className={styles.question}
            data-answer={asked.answer}
            data-active={active.includes(number) || undefined}
            onClick={() => onChoose(number)}
            onMouseEnter={() => onActive([number])}
            onMouseLeave={() => onActive([])}
            onFocus={() => onActive([number])}
            onBlur={() => onActive([])}
          >
            <span className={`${styles.number} num`}>{number + 1}</span>
            <span className={styles.asked}>{asked.question}</span>
            <span className={styles.answer}>
              <span aria-hidden="true">{SIGNS[asked.answer]}</span> {t(`evidence.answer.${asked.answer}`)}
            </span>
            <span className={styles.why}>
              {t(`evidence.type.${asked.type}`)}
              {asked.time_s !== null && <> · {t("evidence.at", { time: format.duration(asked.time_s) })}</>}
              {asked.reasoning && <> · {asked.reasoning}</>}
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}

function scrollIntoList(list: HTMLElement, item: HTMLElement) {
  const top = item.offsetTop - list.offsetTop;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + item.offsetHeight > list.scrollTop + list.clientHeight) {
    list.scrollTop = top + item.offsetHeight - list.clientHeight;
  }
}
