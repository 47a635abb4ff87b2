import { useEffect, useRef } from "react";
import type { Answer, Answers, Question } from "@/api/reviews";
import type { Words } from "@/i18n/language";
import { useWords } from "@/i18n/useWords";
import { type Choice, choicesOf } from "./answering";
import styles from "./Reviews.module.css";

interface FormProps {
  questions: readonly Question[];
  answers: Answers;
  /** The index of the question that the number keys answer. */
  asked: number;
  sides?: readonly string[];
  missing: boolean;
  onAsk: (index: number) => void;
  onAnswer: (index: number, answer: Answer) => void;
}

export function QuestionForm({ questions, answers, asked, sides, missing, onAsk, onAnswer }: FormProps) {
  return (
    <div className={styles.questions}>
      {questions.map((question, index) => (
        <QuestionView
          key={question.name}
          question={question}
          answer={answers[question.name]}
          choices={choicesOf(question, sides)}
          asked={index === asked}
          missing={missing && index === asked}
          onAsk={() => onAsk(index)}
          onAnswer={(answer) => onAnswer(index, answer)}
        />
      ))}
    </div>
  );
}

/** An answer in words: a pair's outputs are named by the places that they are shown in. */
export function answerWords({ t, format }: Words, answer: Answer, sides?: readonly string[]): string {
  if (answer === true) return t("reviews.yes");
  if (answer === false) return t("reviews.no");
  if (typeof answer === "number") return format.integer(answer);
  if (!sides) return answer;
  return answer === "tie" ? t("reviews.tie") : t("reviews.output", { n: sides.indexOf(answer) + 1 });
}

interface QuestionProps {
  question: Question;
  answer: Answer | undefined;
  choices: Choice[];
  asked: boolean;
  missing: boolean;
  onAsk: () => void;
  onAnswer: (answer: Answer) => void;
}

function QuestionView({ question, answer, choices, asked, missing, onAsk, onAnswer }: QuestionProps) {
  const { t } = useWords();
  const text = useRef<HTMLTextAreaElement>(null);
  const box = useRef<HTMLFieldSetElement>(null);
  useEffect(() => {
    if (!asked) return;
    box.current?.scrollIntoView({ block: "nearest" });
    if (text.current && document.activeElement !== text.current) text.current.focus({ preventScroll: true });
  }, [asked]);
  return (
    <fieldset ref={box} className={styles.question} data-asked={asked || undefined} onFocus={onAsk}>
      <legend>
        {question.text || question.name}
        {!question.required && <span className="faint"> · {t("reviews.optional")}</span>}
      </legend>
      {question.type === "text" ? (
        <textarea
          ref={text}
          className={styles.text}
          value={typeof answer === "string" ? answer : ""}
          rows={2}
          aria-label={question.text || question.name}
          onChange={(event) => onAnswer(event.currentTarget.value)}
        />
      ) : (
        <Choices {...{ question, answer, choices, asked, onAnswer }} />
      )}
      {missing && (
        <p className={styles.missing} role="alert">
          {t("reviews.missing")}
        </p>
      )}
    </fieldset>
  );
}

function Choices({ question, answer, choices, asked, onAnswer }: Omit<QuestionProps, "missing" | "onAsk">) {
  const words = useWords();
  const sides =
    question.type === "preference" ? choices.slice(0, -1).map(({ value }) => String(value)) : undefined;
  return (
    <>
      <div className={styles.choices} data-scale={question.type === "scale" || undefined}>
        {choices.map(({ value, key }) => (
          <label
            key={String(value)}
            className={styles.choice}
            data-chosen={answer === value || undefined}
            aria-keyshortcuts={asked ? key : undefined}
          >
            <input
              type="radio"
              className="visually-hidden"
              name={question.name}
              aria-label={answerWords(words, value, sides)}
              checked={answer === value}
              onChange={() => onAnswer(value)}
            />
            {question.type !== "scale" && key && <kbd>{key}</kbd>}
            <span>{answerWords(words, value, sides)}</span>
          </label>
        ))}
      </div>
      {question.type === "scale" && (question.low_text || question.high_text) && (
        <div className={styles.ends}>
          <span>{question.low_text}</span>
          <span>{question.high_text}</span>
        </div>
      )}
    </>
  );
}
