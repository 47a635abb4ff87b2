import type { Answer, Answers, Question } from "@/api/reviews";

/** An answer that can be chosen, and the key that chooses it while its question is asked. */
export interface Choice {
  value: Answer;
  key: string;
}

const MOST_KEYS = 9;

/** What a question can be answered with; `sides` are a pair's outputs in the order in which they are shown. */
export function choicesOf(question: Question, sides: readonly string[] = ["a", "b"]): Choice[] {
  const numbered = (values: readonly Answer[]) =>
    values.map((value, index) => ({ value, key: index < MOST_KEYS ? String(index + 1) : "" }));
  switch (question.type) {
    case "choice":
      return numbered(question.choices);
    case "boolean":
      return numbered([true, false]);
    case "preference":
      return numbered([...sides, "tie"]);
    case "scale": {
      const values = Array.from(
        { length: question.high - question.low + 1 },
        (_, step) => question.low + step,
      );
      // A key says its number where all numbers have one; else it says the place.
      const spoken = question.low >= 0 && question.high <= 9;
      return spoken ? values.map((value) => ({ value, key: String(value) })) : numbered(values);
    }
    case "text":
      return [];
  }
}

export const isAnswered = (question: Question, answers: Answers) => {
  const answer = answers[question.name];
  return typeof answer === "string" ? answer.trim() !== "" : answer !== undefined;
};

/** The first question that has to be answered and is not. */
export const firstMissing = (questions: readonly Question[], answers: Answers) =>
  questions.findIndex((question) => question.required && !isAnswered(question, answers));

/**
 * Where to go on after an answer: the next question without one, or where it was given if all have one. Nobody is
 * led into a remark, which would take the next key for a letter.
 */
export function nextQuestion(questions: readonly Question[], answers: Answers, from: number): number {
  for (let step = 1; step <= questions.length; step += 1) {
    const index = (from + step) % questions.length;
    const question = questions[index];
    if (
      question &&
      !isAnswered(question, answers) &&
      (question.required || (index > from && question.type !== "text"))
    )
      return index;
  }
  return from;
}

/** Answers of questions that are asked, without blank texts: what is sent. */
export function sentAnswers(questions: readonly Question[], answers: Answers): Answers {
  const sent: Answers = {};
  for (const question of questions) {
    const answer = answers[question.name];
    if (answer !== undefined && isAnswered(question, answers)) sent[question.name] = answer;
  }
  return sent;
}

/** The answers that all labels give alike; those that differ are left out. */
export function sameAnswers(questions: readonly Question[], labels: readonly Answers[]): Answers {
  const same: Answers = {};
  for (const { name } of questions) {
    const given = labels.flatMap((answers) => answers[name] ?? []);
    const [first] = given;
    if (first !== undefined && given.every((answer) => answer === first)) same[name] = first;
  }
  return same;
}
