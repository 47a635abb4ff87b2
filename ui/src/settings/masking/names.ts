import type { Content, Detector } from "@/api/masking";
import type { Words } from "@/i18n/language";
import { CONTENTS, PERSONAL, SECRETS } from "./rules";

const isDetector = (name: string): name is Detector =>
  [...PERSONAL, ...SECRETS].some((detector) => detector === name);
const isContent = (name: string): name is Content => CONTENTS.some((content) => content === name);

/** A rule in words, from the name by which the server counts it. */
export function nameOfRule({ t }: Words, id: string): string {
  const [kind, name] = [id.slice(0, id.indexOf(":")), id.slice(id.indexOf(":") + 1)];
  if (id === "unreadable") return t("masking.counted.unreadable");
  if (kind === "detector" && isDetector(name)) {
    return t("masking.rule.detector", { name: t(`masking.detector.${name}`) });
  }
  if (kind === "drop" && isContent(name)) {
    return t("masking.rule.drop", { name: t(`masking.content.${name}`) });
  }
  if (kind === "pattern") return t("masking.rule.pattern", { name });
  if (kind === "attribute") return t("masking.rule.attribute", { name });
  return id;
}
