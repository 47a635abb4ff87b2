import type { TextKey } from "@/i18n/catalogue";
import { useWords } from "@/i18n/useWords";
import type { Change, ChangeKind } from "./changes";
import styles from "./Masking.module.css";
import { nameOfRule } from "./names";

const SIGNS: Record<ChangeKind, string> = { added: "+", removed: "−", changed: "~", moved: "↕" };

const SENTENCES = {
  added: "masking.change.added",
  removed: "masking.change.removed",
  changed: "masking.change.changed",
  moved: "masking.change.moved",
} as const satisfies Record<ChangeKind, TextKey>;

export function ChangeList({ changes }: { changes: Change[] }) {
  const words = useWords();
  return (
    <ul className={styles.changes}>
      {changes.map(({ kind, rule }) => (
        <li key={`${kind} ${rule}`} data-kind={kind}>
          <span className="mono" aria-hidden="true">
            {SIGNS[kind]}
          </span>
          <span>{words.t(SENTENCES[kind], { rule: nameOfRule(words, rule) })}</span>
        </li>
      ))}
    </ul>
  );
}
