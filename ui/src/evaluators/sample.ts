import type { EvaluatorDetail } from "@/api/evaluators";
import type { components } from "@/api/schema";
import type { TextKey } from "@/i18n/catalogue";

export type TriedSample = components["schemas"]["TriedSample"];

/** A sample as it is written: contexts a passage a paragraph, calls and metadata as JSON. */
export interface Form {
  input: string;
  output: string;
  reference: string;
  contexts: string;
  trajectory: string;
  metadata: string;
}

export const EMPTY: Form = {
  input: "",
  output: "",
  reference: "",
  contexts: "",
  trajectory: "",
  metadata: "",
};

export type Part = "reference" | "contexts" | "trajectory" | "metadata";

const CONTEXTS = /recall|precision_at|hit_at|ndcg|mrr|ground|citation|claims/;
const CALLS = /trajectory|tool/;

const PARTS: readonly Part[] = ["reference", "contexts", "trajectory", "metadata"];

/** What beside question and answer the evaluator looks at, so that the form asks for no more. */
export function wants(
  evaluator: Pick<EvaluatorDetail, "needs" | "parameters" | "function" | "source">,
): ReadonlySet<Part> {
  const { needs, parameters, function: name, source } = evaluator;
  const shown = Array.isArray(parameters.inputs) ? parameters.inputs.map(String) : [];
  const wanted = new Set<Part>(PARTS.filter((part) => source.includes(`.${part}`)));
  if ([...needs, ...shown].includes("reference")) wanted.add("reference");
  if ([...needs, ...shown].some((each) => each.startsWith("metadata."))) wanted.add("metadata");
  if (shown.includes("contexts") || CONTEXTS.test(name)) wanted.add("contexts");
  if (shown.includes("trajectory") || CALLS.test(name)) wanted.add("trajectory");
  return wanted;
}

/** JSON where the text is some, else the text. */
function value(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  const parsed = json(text);
  return parsed === undefined ? text : parsed;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const isObject = (each: unknown): each is Record<string, unknown> =>
  typeof each === "object" && each !== null && !Array.isArray(each);

/** What is wrong with each field of the form. */
export function mistakes(form: Form, wanted: ReadonlySet<Part>): Partial<Record<keyof Form, TextKey>> {
  const found: Partial<Record<keyof Form, TextKey>> = {};
  if (!form.output.trim()) found.output = "try.no_output";
  if (wanted.has("metadata") && form.metadata.trim() && !isObject(json(form.metadata))) {
    found.metadata = "try.not_object";
  }
  const calls = form.trajectory.trim() ? json(form.trajectory) : [];
  if (!Array.isArray(calls) || !calls.every((call) => isObject(call) && typeof call.tool_name === "string")) {
    found.trajectory = "try.not_calls";
  }
  return found;
}

export function bodyOf(form: Form): TriedSample {
  const metadata = json(form.metadata);
  const calls = json(form.trajectory);
  return {
    input: value(form.input),
    output: form.output,
    reference: form.reference ? value(form.reference) : null,
    metadata: isObject(metadata) ? metadata : {},
    contexts: form.contexts
      .split(/\n\s*\n/)
      .filter((text) => text.trim())
      .map((text) => ({ text, document: "", section: "" })),
    trajectory: Array.isArray(calls) ? (calls as TriedSample["trajectory"]) : null,
    // A picture or a clip is named in the output.
    media: [],
  };
}
