import type { TextKey } from "@/i18n/catalogue";

/** The sections of a project's settings, in the order of their list; each has a route of its own. */
export const SECTIONS = [
  { to: "/settings/masking", word: "nav.settings.masking" },
  { to: "/settings/retention", word: "nav.settings.retention" },
] as const satisfies { to: string; word: TextKey }[];
