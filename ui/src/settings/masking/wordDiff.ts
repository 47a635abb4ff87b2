/** A piece of a text that is in both texts, only in the first, or only in the second. */
export interface Piece {
  kind: "same" | "gone" | "new";
  text: string;
}

const WORDS = /\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu;
const MOST_CELLS = 4_000_000;

/** Two texts word by word. Where they are too long to compare, all between their common ends has changed. */
export function diffWords(before: string, after: string): Piece[] {
  const [one, other] = [before.match(WORDS) ?? [], after.match(WORDS) ?? []];
  let start = 0;
  while (start < one.length && start < other.length && one[start] === other[start]) start += 1;
  let end = 0;
  while (
    end < one.length - start &&
    end < other.length - start &&
    one[one.length - 1 - end] === other[other.length - 1 - end]
  ) {
    end += 1;
  }
  const middle = between(one.slice(start, one.length - end), other.slice(start, other.length - end));
  return joined([...same(one.slice(0, start)), ...middle, ...same(one.slice(one.length - end))]);
}

const same = (words: string[]): Piece[] => [{ kind: "same", text: words.join("") }];

function between(one: string[], other: string[]): Piece[] {
  const width = other.length + 1;
  if (one.length * other.length > MOST_CELLS) {
    return [
      { kind: "gone", text: one.join("") },
      { kind: "new", text: other.join("") },
    ];
  }
  // The length of the longest common subsequence of what follows each pair of places.
  const common = new Uint32Array((one.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = one.length - 1; i >= 0; i -= 1) {
    for (let j = other.length - 1; j >= 0; j -= 1) {
      common[i * width + j] =
        one[i] === other[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pieces: Piece[] = [];
  let [i, j] = [0, 0];
  while (i < one.length || j < other.length) {
    if (i < one.length && j < other.length && one[i] === other[j]) {
      pieces.push({ kind: "same", text: one[i] ?? "" });
      i += 1;
      j += 1;
    } else if (i < one.length && (j === other.length || at(i + 1, j) >= at(i, j + 1))) {
      pieces.push({ kind: "gone", text: one[i] ?? "" });
      i += 1;
    } else {
      pieces.push({ kind: "new", text: other[j] ?? "" });
      j += 1;
    }
  }
  return pieces;
}

function joined(pieces: Piece[]): Piece[] {
  const whole: Piece[] = [];
  for (const piece of pieces) {
    const last = whole.at(-1);
    if (last?.kind === piece.kind) last.text += piece.text;
    else if (piece.text) whole.push({ ...piece });
  }
  return whole;
}
