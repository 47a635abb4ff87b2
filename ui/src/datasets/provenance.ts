import type { Item } from "@/api/datasets";

/** What one check found of an item. */
export interface Finding {
  name: string;
  passed: boolean;
  method?: string;
  model?: string;
  nearest?: number;
}

/** What an item that a model made says of itself; undefined for any other. */
export interface Provenance {
  method: string;
  source: Record<string, unknown>;
  model: string;
  seed?: number;
  mutation?: string;
  persona?: string;
  quote?: string;
  checks: Finding[];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: unknown) => (typeof value === "string" && value ? value : undefined);

/** Reads what is there: anybody may have written the metadata. */
export function provenanceOf(item: Item): Provenance | undefined {
  const made = item.metadata?.synthesis;
  if (!isObject(made)) return undefined;
  return {
    method: text(made.method) ?? "",
    source: isObject(made.source) ? made.source : {},
    model: text(made.model) ?? "",
    seed: typeof made.seed === "number" ? made.seed : undefined,
    mutation: text(made.mutation),
    persona: text(made.persona),
    quote: text(made.quote),
    checks: isObject(made.checks) ? Object.entries(made.checks).flatMap(findingOf) : [],
  };
}

function findingOf([name, given]: [string, unknown]): Finding[] {
  if (!isObject(given)) return [];
  return [
    {
      name,
      passed: given.passed === true,
      method: text(given.method),
      model: text(given.model),
      nearest: typeof given.nearest === "number" ? given.nearest : undefined,
    },
  ];
}
