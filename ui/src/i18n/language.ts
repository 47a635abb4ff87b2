import { type Catalogue, fill, type Parameters, type Text, type TextKey } from "./catalogue";
import { en } from "./en";
import { createFormat, type Format } from "./format";

export type Language = "en" | "ko";

export interface Words {
  language: Language;
  t: (key: TextKey, parameters?: Parameters) => string;
  format: Format;
}

const STORED = "windlass.language";

/** Texts that came with a page of their own, in every language: it may change while the page is open. */
const later: Record<Language, Partial<Record<TextKey, Text>>> = { en: {}, ko: {} };

export function addTexts(texts: Record<Language, Partial<Record<TextKey, Text>>>): void {
  Object.assign(later.en, texts.en);
  Object.assign(later.ko, texts.ko);
}

function makeWords(language: Language, catalogue: Partial<Record<TextKey, Text>>): Words {
  return {
    language,
    t: (key, parameters = {}) => fill(catalogue[key] ?? later[language][key] ?? key, parameters, language),
    format: createFormat(language),
  };
}

let current: Words = makeWords("en", en);
const listeners = new Set<() => void>();

export const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
export const currentWords = () => current;

export function preferredLanguage(stored: string | null, browser: readonly string[]): Language {
  if (stored === "en" || stored === "ko") return stored;
  const first = browser.find((tag) => /^(en|ko)\b/i.test(tag));
  return first?.toLowerCase().startsWith("ko") ? "ko" : "en";
}

async function load(language: Language): Promise<void> {
  const catalogue: Catalogue = language === "ko" ? (await import("./ko")).ko : en;
  current = makeWords(language, catalogue);
  document.documentElement.lang = language;
  for (const listener of listeners) listener();
}

const loadPreferred = () => load(preferredLanguage(window.localStorage.getItem(STORED), navigator.languages));

export function startLanguage(): Promise<void> {
  // What is chosen in one tab holds in all of them, as the theme does.
  window.addEventListener("storage", ({ key }) => void (key === STORED && loadPreferred()));
  return loadPreferred();
}

export function setLanguage(language: Language): void {
  window.localStorage.setItem(STORED, language);
  void load(language);
}
