import type { TextKey } from "@/i18n/catalogue";
import { enShapes } from "@/i18n/en-shapes";
import type { Words } from "@/i18n/language";
import "./shapesTexts";

/** Why a value is missing, in words; an evaluator of somebody's own may say anything, which stays as it is. */
export function reasonWord(t: Words["t"], reason: string): string {
  const key = `why.${reason}`;
  return key in enShapes ? t(key as TextKey) : reason;
}

/** "left its record 3 · undefined 1", the most frequent first. */
export function reasonsLine({ t, format }: Words, why: Record<string, number>): string {
  return Object.entries(why)
    .map(([reason, count]) => `${reasonWord(t, reason)} ${format.integer(count)}`)
    .join(" · ");
}
