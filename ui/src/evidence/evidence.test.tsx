import { cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { type MediaEvidence, momentsOf, placesOf, type Question, sourceOf } from "./evidence";
import { isMediaEvidence } from "./kind";
import { MediaEvidenceView } from "./MediaEvidenceView";

afterEach(cleanup);

const URI = `windlass-media://sha256:${"0f".repeat(32)}?type=image/png&size=2048`;
const BOX = { x: 0.1, y: 0.2, width: 0.3, height: 0.4 };

function question(asked: string, more: Partial<Question> = {}): Question {
  return {
    element: asked,
    type: "object",
    question: asked,
    answer: "yes",
    reasoning: "I looked.",
    media: 0,
    time_s: null,
    box: BOX,
    ...more,
  };
}

function evidence(questions: Question[], shape: "picture" | "clip" = "picture", uri = URI): MediaEvidence {
  const clip =
    shape === "clip" ? { duration_s: 4, frames_s: [0.5, 1.5, 2.5, 3.5] } : { duration_s: null, frames_s: [] };
  return {
    kind: "media_agreement",
    prompt: "a ball",
    media: [{ uri, mime_type: "image/png", shape, ...clip }],
    questions,
  };
}

function player(container: HTMLElement): HTMLVideoElement {
  const video = container.querySelector("video");
  if (!video) throw new Error("there is no player");
  return video;
}

test("answers in one place are one box, of the worst of them, and the smaller lie above", () => {
  const places = placesOf([
    question("ball?"),
    question("red?", { answer: "no", box: { ...BOX, x: 0.101 } }),
    question("three?", { box: { x: 0, y: 0, width: 1, height: 1 } }),
    question("there?", { box: null }),
  ]);
  expect(places.map(({ answer, questions, corner }) => [answer, questions, corner])).toEqual([
    ["yes", [2], "bottom left"],
    ["no", [0, 1], "top left"],
  ]);
});

test("labels of boxes with one corner in common are apart", () => {
  const places = placesOf([
    question("ball?", { box: { x: 0.1, y: 0.2, width: 0.1, height: 0.1 } }),
    question("balls?", { box: { x: 0.1, y: 0.2, width: 0.5, height: 0.1 } }),
    question("later?", { box: { x: 0.1, y: 0.2, width: 0.5, height: 0.2 }, media: 1 }),
  ]);
  expect(places.map(({ questions, corner }) => [questions[0], corner])).toEqual([
    [2, "top left"],
    [1, "top left"],
    [0, "top right"],
  ]);
});

test("answers at one time of a clip are one mark", () => {
  const moments = momentsOf(
    [
      question("b?", { time_s: 2.5, answer: "not_visible" }),
      question("a?", { time_s: 0.5 }),
      question("c?", { time_s: 2.5 }),
      question("other?", { time_s: 1.5, media: 1 }),
    ],
    0,
  );
  expect(moments).toEqual([
    { time_s: 0.5, answer: "yes", questions: [1] },
    { time_s: 2.5, answer: "not_visible", questions: [0, 2] },
  ]);
});

test("only evidence of its kind is shown so, and only files of the server or within the address", () => {
  expect(isMediaEvidence(evidence([]))).toBe(true);
  expect([null, "x", { kind: "other" }, { kind: "media_agreement" }].some(isMediaEvidence)).toBe(false);
  expect(sourceOf(URI)).toBe(`/api/v1/media/sha256:${"0f".repeat(32)}`);
  expect(sourceOf("data:image/png;base64,AA")).toBe("data:image/png;base64,AA");
  expect(sourceOf("https://example.com/a.png")).toBe("");
});

test("a box and its question mark each other, by focus as by pointer", () => {
  render(
    <MediaEvidenceView
      evidence={evidence([
        question("Is there a ball?"),
        question("Is it red?", { answer: "no", box: { ...BOX, x: 0.5 } }),
      ])}
    />,
  );
  const list = screen.getByRole("list", { name: "Questions and answers" });
  const asked = within(list).getByRole("button", { name: /Is it red/ });
  const box = screen.getByRole("button", { name: "Is it red? no" });
  expect(box.textContent).toBe("2");
  fireEvent.focus(asked);
  expect(box.getAttribute("data-active")).toBe("true");
  fireEvent.blur(asked);
  expect(box.getAttribute("data-active")).toBeNull();
  fireEvent.mouseEnter(box);
  expect(asked.getAttribute("data-active")).toBe("true");
});

test("a picture that is gone says so, and the answers stay", () => {
  render(<MediaEvidenceView evidence={evidence([question("Is there a ball?")])} />);
  fireEvent.error(screen.getByRole("img"));
  expect(screen.getByRole("status").textContent).toMatch(/^The file is gone/);
  expect(screen.getByText("Is there a ball?")).toBeDefined();
});

test("a mark brings the clip to its time, and so does its question", () => {
  const { container } = render(
    <MediaEvidenceView evidence={evidence([question("Does it move?", { time_s: 2.5 })], "clip")} />,
  );
  const video = player(container);
  video.pause = () => undefined;
  expect(screen.queryByRole("button", { name: "Does it move? yes" })).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "Go to 2.50 s: Does it move?" }));
  expect(video.currentTime).toBe(2.5);
  video.currentTime = 0;
  fireEvent.click(screen.getByRole("button", { name: /^1\s*Does it move/ }));
  expect(video.currentTime).toBe(2.5);
  fireEvent.seeked(video);
  expect(screen.getByRole("button", { name: "Does it move? yes" })).toBeDefined();
});

test("a clip that cannot be played is offered to download", () => {
  const { container } = render(
    <MediaEvidenceView evidence={evidence([question("?", { time_s: 1 })], "clip")} />,
  );
  fireEvent.error(player(container));
  expect(screen.getByRole("status").textContent).toMatch(/cannot play the clip/);
  expect(screen.getByRole("link").getAttribute("href")).toMatch(/^\/api\/v1\/media\/sha256:/);
});

test("without questions it says that there are none", () => {
  render(<MediaEvidenceView evidence={evidence([])} />);
  expect(screen.getByText("The judge kept no questions.")).toBeDefined();
});
