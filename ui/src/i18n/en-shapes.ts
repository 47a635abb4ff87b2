/** English texts of how a run's scores lie: their distribution, their slices, and why some are missing. */
export const enShapes = {
  "shapes.bin": { one: "{low} to {high}: {n} item", other: "{low} to {high}: {n} items" },
  "shapes.value": { one: "{value}: {n} item", other: "{value}: {n} items" },
  "shapes.label": "{metric} over {n} items: median {median}, 5 % below {low}, 5 % above {high}",

  "slices.items": "Items",
  "slices.mean": "Mean",
  "slices.metric": "Metric of the slices",
  "slices.missing": "Missing",
  "slices.none":
    "No metadata field puts these items into groups: of few values, with two items and more to each.",
  "slices.slice": "Slice",
  "slices.text":
    "Each interval is of its slice alone. Of many slices some look worse by chance: confirm one on other items.",
  "slices.title": "Slices",

  "why.abstain": "abstained",
  "why.absent": "not sampled",
  "why.crashed": "evaluator crashed",
  "why.diverged": "left its record",
  "why.error": "evaluator failed",
  "why.failed": "failed",
  "why.memory": "evaluator out of memory",
  "why.no_claims": "nothing claimed",
  "why.no_media": "no picture or clip",
  "why.no_quorum": "no quorum of the jury",
  "why.refused": "refused by the provider",
  "why.timeout": "took too long",
  "why.undefined": "undefined",
  "why.unparsable": "no readable verdict",
  "why.unscored": "not scored",
};
