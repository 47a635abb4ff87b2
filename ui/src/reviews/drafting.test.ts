import { expect, test } from "vitest";
import type { Queue } from "@/api/reviews";
import { canSave, contentOf, type DraftQuestion, draftOf, faultOf, NEW_DRAFT, newQuestion } from "./drafting";

const question = (part: Partial<DraftQuestion>): DraftQuestion => ({
  ...newQuestion(0),
  name: "right",
  ...part,
});

test("a queue that is read and written again asks the same", () => {
  const content = {
    guidelines: "Read it.",
    labels_per_item: 3,
    blind: false,
    questions: [
      { name: "right", text: "Is it right?", required: true, type: "boolean" },
      { name: "tone", text: "", required: false, type: "choice", choices: ["kind", "off topic"] },
      {
        name: "depth",
        text: "",
        required: true,
        type: "scale",
        low: 0,
        high: 3,
        low_text: "shallow",
        high_text: "deep",
        spacing: "interval",
      },
      { name: "better", text: "", required: true, type: "preference" },
      { name: "remark", text: "", required: false, type: "text" },
    ],
  };
  expect(contentOf(draftOf({ ...content, name: "answers" } as Queue))).toEqual(content);
});

test("a question says what it still lacks", () => {
  const faults = (part: Partial<DraftQuestion>) => faultOf(question(part), [question(part)]);
  expect(faults({})).toBeUndefined();
  expect(faults({ name: "Is it right?" })).toBe("name");
  expect(faults({ type: "choice", choices: "one" })).toBe("choices");
  expect(faults({ type: "choice", choices: "one\none" })).toBe("choices");
  expect(faults({ type: "scale", low: "5", high: "1" })).toBe("scale");
  expect(faults({ type: "scale", low: "1", high: "x" })).toBe("scale");
  expect(faultOf(question({}), [question({}), question({ key: 1 })])).toBe("twice");
});

test("a queue needs a name, a question and somebody to label", () => {
  const draft = { ...NEW_DRAFT, name: "answers", questions: [question({})] };
  expect(canSave(draft)).toBe(true);
  expect(canSave({ ...draft, name: "" })).toBe(false);
  expect(canSave({ ...draft, labels: "0" })).toBe(false);
  expect(canSave({ ...draft, questions: [] })).toBe(false);
});
