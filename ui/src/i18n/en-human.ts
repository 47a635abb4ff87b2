/** The English texts of judges held against people, and of releases against themselves. */
export const enHuman = {
  "human.check": { one: "{n} label of people", other: "{n} labels of people" },
  "human.check.tip":
    "By what people say of {labelled} pairs in {labels}, and the judge of {unlabelled} more, weighted by λ = {weight}. The judge alone says {difference} ({low} to {high}).",
  "human.corrected": "{mean} by people ({low} – {high})",
  "human.corrected.tip":
    "What people would say of all items, by their labels of {labelled} in {labels}, and the judge of {unlabelled} more, weighted by λ = {weight}: as sure as {effective} labels without a judge.",
  "human.only": "judge-only",
  "human.only.tip":
    "A judge’s word alone: no person has labelled these samples for it. Label a random part of them in a review queue; the mean and its interval are then corrected.",
  "noise.beyond": "beyond the floor",
  "noise.difference": "Difference",
  "noise.flips": "Items that flip",
  "noise.flips.tip": "95 % interval {low} to {high}, of {n} items with a value in both runs",
  "noise.floor": "Floor",
  "noise.floor.tip": "Between two such runs of one release, chance alone exceeds it in 5 % of cases",
  "noise.metric": "Metric",
  "noise.none": "No metric has a value for the same item in both runs.",
  "noise.spread": "Differences of items",
  "noise.spread.tip": "Median {middle}; nine in ten between {low} and {high}; all between {least} and {most}",
  "noise.text":
    "Both runs are of one release, so what differs is chance. Between releases, a difference below the floor is not worth believing.",
  "noise.title": "Noise floor",
  "noise.within": "chance",
};
