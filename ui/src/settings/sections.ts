import type { TextKey } from "@/i18n/catalogue";

/** The sections of a project's settings, in the order of their list; each has a route of its own. */
export const SECTIONS = [
  { to: "/settings/masking", word: "nav.settings.masking" },
  { to: "/settings/retention", word: "nav.settings.retention" },
  { to: "/settings/prices", word: "nav.settings.prices" },
  { to: "/settings/erasure", word: "nav.settings.erasure" },
] as const satisfies { to: string; word: TextKey }[];
