import type { Scope } from "@/api/graph";
import { useReleaseIndex } from "@/api/releases";
import { useWords } from "@/i18n/useWords";
import styles from "./Graph.module.css";

/** Of which traces a graph is made, and what was left out of it. */
export function ScopeLine({ scope, name }: { scope: Scope; name?: string }) {
  const { t } = useWords();
  const release = useReleaseIndex().get(scope.release ?? "");
  const called = release
    ? `${release.name}@${release.number}`
    : scope.release?.replace(/^sha256:/, "").slice(0, 12);
  const parts = [
    name && `${name}: ${called ?? ""}`,
    scope.sampled
      ? t("graph.sampled", { n: scope.traces, total: scope.matching })
      : t("graph.summary", { n: scope.traces }),
    scope.without_steps > 0 && t("graph.without", { n: scope.without_steps }),
    scope.shortened > 0 && t("graph.shortened", { n: scope.shortened }),
  ].filter(Boolean);
  return <p className={`${styles.summary} num`}>{parts.join(" · ")}</p>;
}
