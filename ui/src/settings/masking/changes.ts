import type { DeniedAttribute, MaskingRules, PatternRule } from "@/api/masking";

export type ChangeKind = "added" | "removed" | "changed" | "moved";

/** What saving does to one rule, named as the server counts it: `detector:email`, `pattern:ticket`. */
export interface Change {
  kind: ChangeKind;
  rule: string;
}

type Named = Map<string, string>;

const everywhere = (attribute: DeniedAttribute) =>
  `${attribute.name}\n${[...attribute.places].sort().join()}`;
const content = (pattern: PatternRule) => `${pattern.pattern}\n${pattern.replacement}`;

/** Every rule by its name, with what would change it. */
function named({ detectors, patterns, attributes, drop }: MaskingRules): Named {
  const places = new Map<string, string[]>();
  for (const each of attributes) {
    places.set(each.name, [...(places.get(each.name) ?? []), everywhere(each)].sort());
  }
  return new Map([
    ...drop.map((each): [string, string] => [`drop:${each}`, ""]),
    ...[...places].map(([name, each]): [string, string] => [`attribute:${name}`, each.join()]),
    ...patterns.map((each): [string, string] => [`pattern:${each.name}`, content(each)]),
    ...detectors.map((each): [string, string] => [`detector:${each}`, ""]),
  ]);
}

/** The patterns that stand in another order than before among those that were there. */
function movedPatterns(before: MaskingRules, after: MaskingRules): string[] {
  const names = (rules: MaskingRules, other: MaskingRules) =>
    rules.patterns
      .map((each) => each.name)
      .filter((name) => other.patterns.some((pattern) => pattern.name === name));
  const [was, is] = [names(before, after), names(after, before)];
  return is.filter((name, at) => was[at] !== name);
}

export function changesBetween(before: MaskingRules, after: MaskingRules): Change[] {
  const [was, is] = [named(before), named(after)];
  const changes: Change[] = [];
  for (const [rule, text] of is) {
    if (!was.has(rule)) changes.push({ kind: "added", rule });
    else if (was.get(rule) !== text) changes.push({ kind: "changed", rule });
  }
  for (const rule of was.keys()) if (!is.has(rule)) changes.push({ kind: "removed", rule });
  for (const name of movedPatterns(before, after)) changes.push({ kind: "moved", rule: `pattern:${name}` });
  return changes;
}

/** My changes applied to rules that somebody else has saved meanwhile; where both changed one, mine stays. */
export function rebased(base: MaskingRules, mine: MaskingRules, theirs: MaskingRules): MaskingRules {
  const merge = <T>(
    of: (rules: MaskingRules) => T[],
    name: (each: T) => string,
    same: (each: T) => string,
  ) => {
    const by = (rules: MaskingRules) => new Map(of(rules).map((each) => [name(each), each]));
    const [was, is, now] = [by(base), by(mine), by(theirs)];
    const touched = (key: string) => {
      const [old, own] = [was.get(key), is.get(key)];
      return (old && same(old)) !== (own && same(own));
    };
    const kept = of(theirs).flatMap((each) => {
      const own = touched(name(each)) ? is.get(name(each)) : each;
      return own ? [own] : [];
    });
    const added = of(mine).filter((each) => touched(name(each)) && !now.has(name(each)));
    return [...kept, ...added];
  };
  const self = (each: string) => each;
  const patterns = merge(
    (rules) => rules.patterns,
    (each) => each.name,
    content,
  );
  return {
    detectors: merge((rules) => rules.detectors, self, self),
    drop: merge((rules) => rules.drop, self, self),
    patterns: movedPatterns(base, mine).length ? inOrderOf(mine, patterns) : patterns,
    attributes: merge((rules) => rules.attributes, everywhere, everywhere),
  };
}

function inOrderOf({ patterns: order }: MaskingRules, patterns: PatternRule[]): PatternRule[] {
  const ranks = new Map(order.map((each, rank) => [each.name, rank]));
  const rank = (each: PatternRule) => ranks.get(each.name) ?? order.length;
  return patterns.toSorted((one, other) => rank(one) - rank(other));
}
