import type { SynthesisRequest } from "@/api/syntheses";

export const ORIGINS = ["index", "documents", "traces", "items"] as const;
export type Origin = (typeof ORIGINS)[number];

export const MUTATIONS = ["paraphrase", "harder", "persona", "typos"] as const;

/** What the form says: texts as they were typed, numbers included. */
export interface Making {
  origin: Origin;
  index: string;
  documents: { name: string; text: string }[];
  /** Conditions on traces, one a line. */
  where: string;
  status: "" | "error" | "ok";
  environment: string;
  /** `name@what` of the dataset whose items are asked otherwise. */
  items: string;
  mutations: string[];
  language: string;
  model: string;
  judge: string;
  /** One a line: a name, a colon, what they are like. */
  personas: string;
  each: string;
  most: string;
  seed: string;
  split: string;
  heldOut: string;
  maxCost: string;
}

export const NOTHING_SAID: Making = {
  origin: "index",
  index: "",
  documents: [],
  where: "",
  status: "",
  environment: "",
  items: "",
  mutations: ["paraphrase"],
  language: "",
  model: "",
  judge: "",
  personas: "",
  each: "1",
  most: "50",
  seed: "0",
  split: "",
  heldOut: "",
  maxCost: "",
};

const MOST_TRACES = 1000;

const linesOf = (text: string) =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);

const orNull = (text: string) => text.trim() || null;

/** What is asked for; what does not go together is the server's to refuse, with a sentence. */
export function requestOf(said: Making): SynthesisRequest {
  return {
    source: sourceOf(said),
    model: orNull(said.model),
    model_parameters: {},
    judge: orNull(said.judge),
    personas: personasOf(said.personas),
    each: Number(said.each),
    most: Number(said.most),
    seed: Number(said.seed),
    split: said.origin === "items" ? "" : said.split.trim(),
    held_out: linesOf(said.heldOut.replaceAll(",", "\n")),
    max_cost_usd: said.maxCost.trim() ? Number(said.maxCost) : null,
  };
}

function sourceOf(said: Making): SynthesisRequest["source"] {
  switch (said.origin) {
    case "index":
      return { kind: "index", index: said.index };
    case "documents":
      return { kind: "documents", documents: said.documents };
    case "traces":
      return {
        kind: "traces",
        index: said.index,
        query: {
          where: linesOf(said.where),
          status: said.status || null,
          environment: orNull(said.environment),
          limit: MOST_TRACES,
        },
      };
    case "items":
      return { kind: "items", dataset: said.items, mutations: mutationsOf(said), split: null };
  }
}

export const mutationsOf = ({ mutations, language }: Making): string[] =>
  language.trim() ? [...mutations, `language:${language.trim()}`] : mutations;

export function personasOf(text: string): { name: string; description: string }[] {
  return linesOf(text).map((line) => {
    const [name = "", ...rest] = line.split(":");
    return { name: name.trim(), description: rest.join(":").trim() || name.trim() };
  });
}

/** Whether enough is said to ask for it. */
export function isSaid(said: Making): boolean {
  const counted =
    [said.each, said.most].every((text) => /^[1-9]\d*$/.test(text)) && /^-?\d+$/.test(said.seed);
  const onlyTypos = said.origin === "items" && mutationsOf(said).join() === "typos";
  const made = {
    index: said.index !== "",
    documents: said.documents.length > 0,
    traces: said.index !== "",
    items: said.items !== "" && mutationsOf(said).length > 0,
  }[said.origin];
  return made && counted && (said.model.trim() !== "" || onlyTypos);
}
