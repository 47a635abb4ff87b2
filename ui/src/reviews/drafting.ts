import type { Question, Queue, QueueContent } from "@/api/reviews";

export const TYPES = ["boolean", "choice", "scale", "preference", "text"] as const;
export type Type = (typeof TYPES)[number];

/** A question as it is being written; what its type does not need is kept, in case the type changes back. */
export interface DraftQuestion {
  key: number;
  name: string;
  text: string;
  type: Type;
  required: boolean;
  /** One a line. */
  choices: string;
  low: string;
  high: string;
  lowText: string;
  highText: string;
  spacing: "ordinal" | "interval";
}

export interface Draft {
  name: string;
  guidelines: string;
  questions: DraftQuestion[];
  labels: string;
  blind: boolean;
}

const NAME = /^[a-z][a-z0-9_]{0,63}$/;
const QUEUE_NAME = /^[a-z0-9][a-z0-9._-]*$/;

export const newQuestion = (key: number): DraftQuestion => ({
  key,
  name: "",
  text: "",
  type: "boolean",
  required: true,
  choices: "",
  low: "1",
  high: "5",
  lowText: "",
  highText: "",
  spacing: "ordinal",
});

export const NEW_DRAFT: Draft = {
  name: "",
  guidelines: "",
  questions: [newQuestion(0)],
  labels: "2",
  blind: true,
};

export function draftOf(queue: Queue): Draft {
  return {
    name: queue.name,
    guidelines: queue.guidelines,
    labels: String(queue.labels_per_item),
    blind: queue.blind,
    questions: queue.questions.map((question, key) => ({
      ...newQuestion(key),
      name: question.name,
      text: question.text,
      type: question.type,
      required: question.required,
      ...(question.type === "choice" ? { choices: question.choices.join("\n") } : {}),
      ...(question.type === "scale"
        ? {
            low: String(question.low),
            high: String(question.high),
            lowText: question.low_text,
            highText: question.high_text,
            spacing: question.spacing,
          }
        : {}),
    })),
  };
}

const choicesOf = (question: DraftQuestion) =>
  question.choices
    .split("\n")
    .map((choice) => choice.trim())
    .filter(Boolean);

export function contentOf(draft: Draft): QueueContent {
  return {
    guidelines: draft.guidelines,
    labels_per_item: Number(draft.labels),
    blind: draft.blind,
    questions: draft.questions.map(questionOf),
  };
}

function questionOf(question: DraftQuestion): Question {
  const common = { name: question.name.trim(), text: question.text.trim(), required: question.required };
  switch (question.type) {
    case "choice":
      return { ...common, type: "choice", choices: choicesOf(question) };
    case "scale":
      return {
        ...common,
        type: "scale",
        low: Number(question.low),
        high: Number(question.high),
        low_text: question.lowText.trim(),
        high_text: question.highText.trim(),
        spacing: question.spacing,
      };
    default:
      return { ...common, type: question.type };
  }
}

export type Fault = "name" | "twice" | "choices" | "scale";

/** What is wrong with a question among the others; nothing where it can be asked. */
export function faultOf(question: DraftQuestion, all: DraftQuestion[]): Fault | undefined {
  if (!NAME.test(question.name.trim())) return "name";
  if (all.filter(({ name }) => name.trim() === question.name.trim()).length > 1) return "twice";
  const choices = choicesOf(question);
  if (question.type === "choice" && (choices.length < 2 || new Set(choices).size < choices.length)) {
    return "choices";
  }
  const whole = [question.low, question.high].every((text) => /^-?\d+$/.test(text.trim()));
  if (question.type === "scale" && !(whole && Number(question.low) < Number(question.high))) return "scale";
  return undefined;
}

export function canSave(draft: Draft): boolean {
  const labels = Number(draft.labels);
  return (
    QUEUE_NAME.test(draft.name) &&
    Number.isInteger(labels) &&
    labels >= 1 &&
    labels <= 20 &&
    draft.questions.length > 0 &&
    draft.questions.every((question) => faultOf(question, draft.questions) === undefined)
  );
}
