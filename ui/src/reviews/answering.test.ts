import { expect, test } from "vitest";
import type { Answers, Question } from "@/api/reviews";
import { choicesOf, firstMissing, nextQuestion, sameAnswers, sentAnswers } from "./answering";

const right: Question = { name: "right", type: "boolean", text: "", required: true };
const tone: Question = { name: "tone", type: "choice", choices: ["kind", "cold"], text: "", required: true };
const remark: Question = { name: "remark", type: "text", text: "", required: false };
const better: Question = { name: "better", type: "preference", text: "", required: true };
const scale = (low: number, high: number): Question => ({
  name: "depth",
  type: "scale",
  low,
  high,
  low_text: "",
  high_text: "",
  spacing: "ordinal",
  text: "",
  required: true,
});
const keys = (question: Question, sides?: string[]) =>
  choicesOf(question, sides).map(({ key, value }) => [key, value]);

test("number keys choose answers in their order", () => {
  expect(keys(tone)).toEqual([
    ["1", "kind"],
    ["2", "cold"],
  ]);
  expect(keys(right)).toEqual([
    ["1", true],
    ["2", false],
  ]);
  expect(keys(remark)).toEqual([]);
});

test("on a scale a key says its number, also 0, unless a number has two digits", () => {
  expect(keys(scale(0, 2))).toEqual([
    ["0", 0],
    ["1", 1],
    ["2", 2],
  ]);
  expect(keys(scale(1, 10)).slice(-2)).toEqual([
    ["9", 9],
    ["", 10],
  ]);
  expect(keys(scale(-1, 1))[0]).toEqual(["1", -1]);
});

test("the keys of a pair follow the order in which its outputs are shown", () => {
  expect(keys(better, ["b", "a"])).toEqual([
    ["1", "b"],
    ["2", "a"],
    ["3", "tie"],
  ]);
});

test("after an answer the next open question is asked, and required ones that were passed over", () => {
  const questions = [right, tone, remark];
  expect(nextQuestion(questions, { right: true }, 0)).toBe(1);
  expect(nextQuestion(questions, { tone: "kind" }, 1)).toBe(0);
  expect(nextQuestion(questions, { tone: "kind", remark: "Hm." }, 2)).toBe(0);
  expect(nextQuestion(questions, { right: true, tone: "kind", remark: "Hm." }, 1)).toBe(1);
});

test("nobody is led into a remark, but into a text that is asked for", () => {
  expect(nextQuestion([right, remark], { right: true }, 0)).toBe(0);
  expect(nextQuestion([right, { ...remark, required: true }], { right: true }, 0)).toBe(1);
});

test("no is an answer, and a blank text is none", () => {
  expect(firstMissing([right, tone], { right: false })).toBe(1);
  expect(firstMissing([right, remark], { right: false, remark: " " })).toBe(-1);
  expect(sentAnswers([right, remark], { right: false, remark: " ", gone: 1 })).toEqual({ right: false });
});

test("a decision begins with what all labels say alike", () => {
  const labels: Answers[] = [
    { right: false, tone: "kind" },
    { right: false, tone: "cold", remark: "Hm." },
  ];
  expect(sameAnswers([right, tone, remark], labels)).toEqual({ right: false, remark: "Hm." });
  expect(sameAnswers([right], [])).toEqual({});
});
