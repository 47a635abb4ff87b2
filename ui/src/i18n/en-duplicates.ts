/** English texts of items that ask the same. */
export const enDuplicates = {
  "duplicates.across": "across splits",
  "duplicates.contradictions": {
    one: "{n} item asks the same as one before and has another reference: one of them is wrong.",
    other: "{n} items ask the same as one before and have another reference: one of each two is wrong.",
  },
  "duplicates.cut": "There are more such pairs than were counted.",
  "duplicates.exact": {
    one: "{n} item asks the same as one before",
    other: "{n} items ask the same as one before",
  },
  "duplicates.first": "The first {n} of {total} pairs",
  "duplicates.item": "Item",
  "duplicates.leaks": {
    one: "{n} pair lies in different splits: what is measured on one split was seen in the other.",
    other: "{n} pairs lie in different splits: what is measured on one split was seen in the other.",
  },
  "duplicates.near": { one: "{n} pair asks nearly the same", other: "{n} pairs ask nearly the same" },
  "duplicates.none": "No two items ask the same",
  "duplicates.none.text":
    "Nor nearly, from a similarity of {similar} on. Case, punctuation and spacing do not count.",
  "duplicates.other_reference": "another reference",
  "duplicates.similar": "Nearly the same from",
  "duplicates.similarity": "Similarity",
  "duplicates.split": "Split",
};
