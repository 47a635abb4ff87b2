export type Answer = "yes" | "no" | "not_visible";
export type ElementType = "object" | "attribute" | "count" | "relation" | "action" | "text";

/** A place in a picture, as fractions of its sides from the top left corner. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Question {
  element: string;
  type: ElementType;
  question: string;
  answer: Answer;
  reasoning: string;
  /** Which of the files shows it. */
  media: number | null;
  time_s: number | null;
  box: Box | null;
}

export interface JudgedMedia {
  uri: string;
  mime_type: string;
  shape: "picture" | "clip";
  duration_s: number | null;
  frames_s: number[];
}

export interface MediaEvidence {
  kind: "media_agreement";
  prompt: string;
  media: JudgedMedia[];
  questions: Question[];
}

const REFERENCE = /^windlass-media:\/\/(sha256:[0-9a-f]{64})/;

/** Where a file is had: from the server by its reference, or out of the address itself; empty for anything else. */
export function sourceOf(uri: string, base = "/api/v1/media"): string {
  const [, digest] = REFERENCE.exec(uri) ?? [];
  if (digest) return `${base}/${digest}`;
  return uri.startsWith("data:") ? uri : "";
}

/** Answers that were seen in one place of one file, drawn as one box: the worst of them gives its colour. */
export interface Place {
  key: string;
  media: number;
  time_s: number | null;
  box: Box;
  answer: Answer;
  /** Numbers of the questions, from 0. */
  questions: number[];
  /** Where its label is: not where that of another box is already. */
  corner: Corner;
}

export type Corner = "top left" | "top right" | "bottom left" | "bottom right";

const WORST: Answer[] = ["no", "not_visible", "yes"];
const worst = (one: Answer, other: Answer) => (WORST.indexOf(one) < WORST.indexOf(other) ? one : other);
const rounded = (side: number) => Math.round(side * 50);

export function placesOf(questions: Question[]): Place[] {
  const places = new Map<string, Place>();
  for (const [number, { answer, box, media, time_s }] of questions.entries()) {
    if (!box || media === null) continue;
    const key = [media, time_s ?? "", ...[box.x, box.y, box.width, box.height].map(rounded)].join(" ");
    const known = places.get(key);
    if (known) {
      known.questions.push(number);
      known.answer = worst(known.answer, answer);
    } else {
      places.set(key, { key, media, time_s, box, answer, questions: [number], corner: "top left" });
    }
  }
  // The smaller ones lie above the larger, so that each can be reached.
  const ordered = [...places.values()].sort((one, other) => areaOf(other.box) - areaOf(one.box));
  labelApart(ordered);
  return ordered;
}

const CORNERS: Corner[] = ["top left", "top right", "bottom left", "bottom right"];
const APART = 0.08;

/** Give each box a corner for its label which no other of the same picture has, as far as there are corners. */
function labelApart(places: Place[]) {
  const taken: { place: Place; x: number; y: number }[] = [];
  for (const place of places) {
    const free = CORNERS.filter((corner) => !(corner.startsWith("top") && place.box.y < APART)).find(
      (corner) => {
        const { x, y } = pointOf(place.box, corner);
        return !taken.some(
          (other) =>
            other.place.media === place.media &&
            other.place.time_s === place.time_s &&
            Math.abs(other.x - x) < APART &&
            Math.abs(other.y - y) < APART,
        );
      },
    );
    place.corner = free ?? "top left";
    taken.push({ place, ...pointOf(place.box, place.corner) });
  }
}

const pointOf = ({ x, y, width, height }: Box, corner: Corner) => ({
  x: corner.endsWith("left") ? x : x + width,
  y: corner.startsWith("top") ? y : y + height,
});

const areaOf = (box: Box) => box.width * box.height;

/** Answers that were seen at one time of a clip. */
export interface Moment {
  time_s: number;
  answer: Answer;
  questions: number[];
}

export function momentsOf(questions: Question[], media: number): Moment[] {
  const moments = new Map<number, Moment>();
  for (const [number, question] of questions.entries()) {
    if (question.time_s === null || question.media !== media) continue;
    const known = moments.get(question.time_s);
    if (known) {
      known.questions.push(number);
      known.answer = worst(known.answer, question.answer);
    } else {
      moments.set(question.time_s, { time_s: question.time_s, answer: question.answer, questions: [number] });
    }
  }
  return [...moments.values()].sort((one, other) => one.time_s - other.time_s);
}

const NEAR_S = 0.2;

/** Whether what was seen at a time is to be seen now. */
export const isNow = (time_s: number | null, now_s: number) =>
  time_s === null || Math.abs(time_s - now_s) <= NEAR_S;
