import { useMemo, useState } from "react";
import type { Masking } from "@/api/masking";
import { useMay } from "@/api/session";
import { useWords } from "@/i18n/useWords";
import { LeaveGuard } from "../LeaveGuard";
import { ReadOnlyNote } from "../ReadOnlyNote";
import { AttributeList } from "./AttributeList";
import { ContentList } from "./ContentList";
import { DetectorList } from "./DetectorList";
import styles from "./Masking.module.css";
import { Gone, Stale, Standing } from "./Notices";
import { PatternList } from "./PatternList";
import type { RowProblem } from "./RuleRow";
import { CONTENTS, PERSONAL, SECRETS } from "./rules";
import { SaveBar } from "./SaveBar";
import { NOTHING_TYPED, type SampleKind, sampleOf } from "./sample";
import { TryPane } from "./TryPane";
import { useDryRun } from "./useDryRun";
import { useEditing } from "./useEditing";

/** Where a narrow page finds the samples. */
export const TRY = "try";

/** The rules on one side, what they do to a sample on the other. */
export function MaskingEditor({ masking }: { masking: Masking }) {
  const { t } = useWords();
  const readOnly = !useMay("admin");
  const edited = useEditing(masking);
  const [kind, setKind] = useState<SampleKind>("text");
  const [typed, setTyped] = useState(NOTHING_TYPED);
  const sample = useMemo(() => sampleOf(kind, typed), [kind, typed]);
  const tried = useDryRun(edited, sample);
  const counts = useMemo(() => new Map(masking.masked.map((each) => [each.rule, each])), [masking.masked]);
  const { base, draft, dirty, changes, unready, stale, edit, discard } = edited;
  const common = { counts, readOnly };

  function problemOf(key: number): RowProblem | undefined {
    const missing = unready.get(key);
    if (missing) return { text: t(missing), refused: false };
    const { refusal } = tried;
    return refusal?.key === key ? { text: refusal.message, refused: true } : undefined;
  }

  return (
    <div className={styles.sides}>
      <div className={styles.rules}>
        <Standing masking={masking} />
        {readOnly && <ReadOnlyNote text="masking.readonly" />}
        {stale && <Stale now={masking} edited={edited} />}
        <DetectorList
          {...common}
          on={draft.detectors}
          held={base.rules.detectors}
          onChange={(detectors) => edit({ detectors })}
        />
        <PatternList
          {...common}
          rows={draft.patterns}
          problemOf={problemOf}
          onChange={(patterns) => edit({ patterns })}
        />
        <AttributeList
          {...common}
          rows={draft.attributes}
          problemOf={problemOf}
          onChange={(attributes) => edit({ attributes })}
        />
        <ContentList
          {...common}
          dropped={draft.drop}
          held={base.rules.drop}
          onChange={(drop) => edit({ drop })}
        />
        <Gone masked={masking.masked} counts={counts} shown={useShown(masking)} />
        {dirty && !readOnly && <SaveBar edited={edited} refusal={tried.refusal} />}
      </div>
      <div className={styles.try} id={TRY}>
        <div className={styles.pinned}>
          <TryPane
            kind={kind}
            typed={typed}
            tried={tried}
            dirty={dirty}
            onKind={setKind}
            onTyped={(text) => setTyped({ ...typed, [kind]: text })}
          />
        </div>
      </div>
      <LeaveGuard
        dirty={dirty}
        text={t("masking.leave.text", { n: Math.max(1, changes.length) })}
        onDiscard={discard}
      />
    </div>
  );
}

/** The rules whose counts stand beside them. */
function useShown({ rules }: Masking): ReadonlySet<string> {
  return useMemo(
    () =>
      new Set([
        ...[...PERSONAL, ...SECRETS].map((detector) => `detector:${detector}`),
        ...CONTENTS.map((content) => `drop:${content}`),
        ...rules.patterns.map((pattern) => `pattern:${pattern.name}`),
        ...rules.attributes.map((attribute) => `attribute:${attribute.name}`),
      ]),
    [rules],
  );
}
