import { useState } from "react";
import type { Answer, Answers, Question } from "@/api/reviews";
import { choicesOf, firstMissing, nextQuestion, sentAnswers } from "./answering";

interface Started {
  questions: readonly Question[];
  answers: Answers;
  comment: string;
  sides: readonly string[] | undefined;
  onSubmit: (said: { answers: Answers; comment: string }) => void;
}

/** The answers for one item while they are given, and the keys that give them. */
export function useAnswering({ questions, answers: first, comment: said, sides, onSubmit }: Started) {
  const [answers, setAnswers] = useState(first);
  const [comment, setComment] = useState(said);
  const [asked, setAsked] = useState(Math.max(0, firstMissing(questions, first)));
  const [missing, setMissing] = useState(false);

  function answer(index: number, value: Answer) {
    const question = questions[index];
    if (!question) return;
    const changed = { ...answers, [question.name]: value };
    setAnswers(changed);
    setMissing(false);
    // Who writes is not taken away from the text by its first letter.
    setAsked(question.type === "text" ? index : nextQuestion(questions, changed, index));
  }

  function submit() {
    const open = firstMissing(questions, answers);
    if (open >= 0) {
      setAsked(open);
      setMissing(true);
      return;
    }
    onSubmit({ answers: sentAnswers(questions, answers), comment });
  }

  const question = questions[asked];
  const keys: Record<string, () => void> = {
    Enter: submit,
    ArrowDown: () => setAsked(Math.min(asked + 1, questions.length - 1)),
    ArrowUp: () => setAsked(Math.max(asked - 1, 0)),
  };
  for (const { key, value } of question ? choicesOf(question, sides) : []) {
    if (key) keys[key] = () => answer(asked, value);
  }

  return { answers, comment, asked, missing, keys, answer, submit, ask: setAsked, setComment };
}

export type Answering = ReturnType<typeof useAnswering>;
