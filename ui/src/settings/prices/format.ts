import type { Words } from "@/i18n/language";

/** A rate in dollars a million tokens, exact: a price is read off, not estimated. */
export function formatRate({ language }: Words, rate: number): string {
  return new Intl.NumberFormat(language, {
    style: "currency",
    currency: "USD",
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: 2,
    maximumFractionDigits: 8,
  }).format(rate);
}

/** A first day, which is one of UTC wherever it is read. */
export function formatDay({ language }: Words, iso: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" }).format(new Date(iso));
}
