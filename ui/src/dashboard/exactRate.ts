const STEPS = 60;
const TERMS = 1_000;

/** Clopper and Pearson's 95 % interval of a share of n calls, as the server draws it of a rate. */
export function exactInterval(share: number, n: number): [number, number] {
  const hits = Math.round(share * n);
  return [least(hits, n), 1 - least(n - hits, n)];
}

/** The least rate under which as many hits are no rarer than 2.5 %. */
function least(hits: number, n: number): number {
  if (hits === 0) return 0;
  let low = 0;
  let high = 1;
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (atLeast(hits, n, middle) < 0.025) low = middle;
    else high = middle;
  }
  return low;
}

/** The probability of so many hits or more: the incomplete beta function, by Lentz's continued fraction. */
function atLeast(hits: number, n: number, rate: number): number {
  const [a, b] = [hits, n - hits + 1];
  if (rate > (a + 1) / (a + b + 2)) return 1 - tail(b, a, 1 - rate);
  return tail(a, b, rate);
}

function tail(a: number, b: number, x: number): number {
  if (x <= 0) return 0;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    fraction *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-12) break;
  }
  return (front * fraction) / a;
}

/** Stirling's series, after as many steps up as make it exact. */
function logGamma(x: number): number {
  let [value, at] = [0, x];
  for (; at < 10; at++) value -= Math.log(at);
  const series = 1 / (12 * at) - 1 / (360 * at ** 3) + 1 / (1260 * at ** 5) - 1 / (1680 * at ** 7);
  return value + (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + series;
}
