/** Numbers, times and units in the chosen language; all take plain SI or USD values. */
export interface Format {
  integer: (value: number) => string;
  compact: (value: number) => string;
  percent: (value: number, digits?: number) => string;
  duration: (seconds: number) => string;
  cost: (usd: number) => string;
  bytes: (bytes: number) => string;
  metric: (name: string, value: number) => string;
  difference: (name: string, value: number) => string;
  /** A p value; one that is next to nothing says so instead of 0. */
  p: (value: number) => string;
  relative: (iso: string, now?: number) => string;
  exact: (iso: string) => string;
  clock: (iso: string) => string;
  hour: (iso: string) => string;
}

export type Unit = "seconds" | "tokens" | "usd" | "score";

export function unitOf(metric: string): Unit {
  if (metric.endsWith("_s") || metric.endsWith("_seconds")) return "seconds";
  if (metric.endsWith("_tokens")) return "tokens";
  if (metric.endsWith("_usd")) return "usd";
  return "score";
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

export function createFormat(language: string): Format {
  const number = (options?: Intl.NumberFormatOptions) => new Intl.NumberFormat(language, options);
  const integers = number({ maximumFractionDigits: 0 });
  const compacts = number({ notation: "compact", maximumFractionDigits: 1 });
  const scores = number({ minimumFractionDigits: 3, maximumFractionDigits: 3 });
  const ps = number({ minimumFractionDigits: 4, maximumFractionDigits: 4 });
  const usd = number({
    style: "currency",
    currency: "USD",
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  });
  const smallUsd = number({
    style: "currency",
    currency: "USD",
    currencyDisplay: "narrowSymbol",
    maximumSignificantDigits: 2,
    minimumSignificantDigits: 2,
  });
  const relatives = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "narrow" });
  const exacts = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "long" });
  const clocks = new Intl.DateTimeFormat(language, {
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  const hours = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const unit = (value: number, name: string, digits: number) =>
    number({ style: "unit", unit: name, maximumFractionDigits: digits, minimumFractionDigits: 0 }).format(
      value,
    );

  function duration(seconds: number): string {
    const size = Math.abs(seconds);
    if (size < 0.001 && size > 0) return `${number({ maximumFractionDigits: 0 }).format(seconds * 1e6)} µs`;
    if (size < 0.01) return `${number({ maximumFractionDigits: 1 }).format(seconds * 1e3)} ms`;
    if (size < 1) return `${number({ maximumFractionDigits: 0 }).format(seconds * 1e3)} ms`;
    if (size < 60) {
      const digits = size < 10 ? 2 : 1;
      return `${number({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(seconds)} s`;
    }
    if (size >= 3_600) {
      const hours = Math.trunc(seconds / 3_600);
      return `${integers.format(hours)} h ${integers.format(Math.trunc(Math.abs(seconds % 3_600) / 60))} m`;
    }
    const minutes = Math.trunc(seconds / 60);
    return `${integers.format(minutes)} m ${integers.format(Math.round(Math.abs(seconds % 60)))} s`;
  }

  const cost = (value: number) => (value !== 0 && Math.abs(value) < 0.1 ? smallUsd : usd).format(value);

  function metric(name: string, value: number): string {
    switch (unitOf(name)) {
      case "seconds":
        return duration(value);
      case "tokens":
        return number({ maximumFractionDigits: 1 }).format(value);
      case "usd":
        return cost(value);
      case "score":
        return scores.format(value);
    }
  }

  return {
    integer: (value) => integers.format(value),
    compact: (value) => (Math.abs(value) < 10_000 ? integers : compacts).format(value),
    percent: (value, digits = 1) =>
      number({ style: "percent", maximumFractionDigits: digits, minimumFractionDigits: digits }).format(
        value,
      ),
    duration,
    cost,
    bytes: (bytes) => {
      if (bytes < 1e3) return unit(bytes, "byte", 0);
      return bytes < 1e6 ? unit(bytes / 1e3, "kilobyte", 0) : unit(bytes / 1e6, "megabyte", 1);
    },
    metric,
    // A true minus sign, and a plus for gains: the sign is the message.
    difference: (name, value) => {
      const sign = value > 0 ? "+" : value < 0 ? "−" : "±";
      return sign + metric(name, Math.abs(value));
    },
    p: (value) => (value < 0.0001 ? `<${ps.format(0.0001)}` : ps.format(value)),
    relative: (iso, now = Date.now()) => {
      const seconds = (Date.parse(iso) - now) / 1000;
      const [step, size] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
      return relatives.format(Math.trunc(seconds / size), step);
    },
    exact: (iso) => exacts.format(new Date(iso)),
    clock: (iso) => clocks.format(new Date(iso)),
    hour: (iso) => hours.format(new Date(iso)),
  };
}
