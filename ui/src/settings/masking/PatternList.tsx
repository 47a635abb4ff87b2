import type { PatternRule } from "@/api/masking";
import { TextField } from "@/components/Field";
import { useWords } from "@/i18n/useWords";
import { Count, type Counts } from "./Count";
import { RuleList } from "./RuleList";
import { RowAction, type RowProblem, RuleRow } from "./RuleRow";
import styles from "./Rules.module.css";
import { moved, NEW_PATTERN, type Row, replaced } from "./rules";
import { useRows } from "./useRows";

interface Props {
  rows: Row<PatternRule>[];
  counts: Counts;
  readOnly: boolean;
  problemOf: (key: number) => RowProblem | undefined;
  onChange: (rows: Row<PatternRule>[]) => void;
}

/** Regular expressions, in the order in which they are applied. */
export function PatternList({ rows, counts, readOnly, problemOf, onChange }: Props) {
  const { t } = useWords();
  const { addButton, add, controlsOf } = useRows(rows, onChange, NEW_PATTERN);
  return (
    <RuleList
      title={t("masking.patterns")}
      about={t("masking.patterns.text")}
      none={rows.length === 0 ? t("masking.patterns.none") : undefined}
      adding={readOnly ? undefined : t("masking.add_pattern")}
      addButton={addButton}
      onAdd={add}
    >
      <ol>
        {rows.map(({ key, rule }, index) => {
          const name = rule.name ? t("masking.rule.pattern", { name: rule.name }) : t("masking.rule.new");
          return (
            <RuleRow
              key={key}
              name={name}
              summary={<Summary rule={rule} place={index + 1} />}
              count={<Count counts={counts} rule={`pattern:${rule.name}`} />}
              problem={problemOf(key)}
              readOnly={readOnly}
              moves={
                rows.length > 1 && (
                  <>
                    <RowAction
                      icon="up"
                      label={t("masking.up", { rule: name })}
                      disabled={index === 0}
                      onClick={() => onChange(moved(rows, key, -1))}
                    />
                    <RowAction
                      icon="down"
                      label={t("masking.down", { rule: name })}
                      disabled={index === rows.length - 1}
                      onClick={() => onChange(moved(rows, key, 1))}
                    />
                  </>
                )
              }
              {...controlsOf(key)}
            >
              <Fields rule={rule} onChange={(changed) => onChange(replaced(rows, key, changed))} />
            </RuleRow>
          );
        })}
      </ol>
    </RuleList>
  );
}

function Summary({ rule, place }: { rule: PatternRule; place: number }) {
  const { t } = useWords();
  return (
    <>
      <span>
        <span className="faint num">{place}. </span>
        {rule.name || <span className="faint">{t("masking.rule.new")}</span>}
      </span>
      {rule.pattern && (
        <code className="dim">
          {rule.pattern} → {rule.replacement || "∅"}
        </code>
      )}
    </>
  );
}

function Fields({ rule, onChange }: { rule: PatternRule; onChange: (rule: PatternRule) => void }) {
  const { t } = useWords();
  return (
    <>
      <TextField
        label={t("masking.pattern.name")}
        description={t("masking.pattern.name.text")}
        value={rule.name}
        maxLength={100}
        autoFocus={!rule.name}
        onText={(name) => onChange({ ...rule, name })}
      />
      <TextField
        label={t("masking.pattern.replacement")}
        description={t("masking.pattern.replacement.text")}
        value={rule.replacement}
        maxLength={200}
        mono
        onText={(replacement) => onChange({ ...rule, replacement })}
      />
      <TextField
        className={styles.wide}
        label={t("masking.pattern.pattern")}
        description={t("masking.pattern.pattern.text")}
        value={rule.pattern}
        maxLength={2000}
        spellCheck={false}
        mono
        onText={(pattern) => onChange({ ...rule, pattern })}
      />
    </>
  );
}
