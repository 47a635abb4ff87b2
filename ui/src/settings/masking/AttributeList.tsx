import type { DeniedAttribute, Place } from "@/api/masking";
import { TextField } from "@/components/Field";
import { useWords } from "@/i18n/useWords";
import { Count, type Counts } from "./Count";
import { RuleList } from "./RuleList";
import { type RowProblem, RuleRow } from "./RuleRow";
import styles from "./Rules.module.css";
import { NEW_ATTRIBUTE, PLACES, type Row, replaced } from "./rules";
import { useRows } from "./useRows";

interface Props {
  rows: Row<DeniedAttribute>[];
  counts: Counts;
  readOnly: boolean;
  problemOf: (key: number) => RowProblem | undefined;
  onChange: (rows: Row<DeniedAttribute>[]) => void;
}

/** Attributes that are taken out by their names. */
export function AttributeList({ rows, counts, readOnly, problemOf, onChange }: Props) {
  const { t } = useWords();
  const { addButton, add, controlsOf } = useRows(rows, onChange, NEW_ATTRIBUTE);
  return (
    <RuleList
      title={t("masking.attributes")}
      about={t("masking.attributes.text")}
      none={rows.length === 0 ? t("masking.attributes.none") : undefined}
      adding={readOnly ? undefined : t("masking.add_attribute")}
      addButton={addButton}
      onAdd={add}
    >
      <ul>
        {rows.map(({ key, rule }) => (
          <RuleRow
            key={key}
            name={rule.name ? t("masking.rule.attribute", { name: rule.name }) : t("masking.rule.new")}
            summary={<Summary rule={rule} />}
            count={<Count counts={counts} rule={`attribute:${rule.name}`} />}
            problem={problemOf(key)}
            readOnly={readOnly}
            {...controlsOf(key)}
          >
            <Fields rule={rule} onChange={(changed) => onChange(replaced(rows, key, changed))} />
          </RuleRow>
        ))}
      </ul>
    </RuleList>
  );
}

function Summary({ rule }: { rule: DeniedAttribute }) {
  const { t } = useWords();
  const places =
    rule.places.length === PLACES.length
      ? t("masking.everywhere")
      : t("masking.in", {
          places: rule.places.map((place) => t(`masking.place.${place}`)).join(", "),
        });
  return (
    <>
      <span>
        {rule.name ? <code>{rule.name}</code> : <span className="faint">{t("masking.rule.new")}</span>}
      </span>
      <span className={`${styles.small} dim`}>{places}</span>
    </>
  );
}

function Fields({ rule, onChange }: { rule: DeniedAttribute; onChange: (rule: DeniedAttribute) => void }) {
  const { t } = useWords();
  const choose = (place: Place, on: boolean) =>
    onChange({
      ...rule,
      places: PLACES.filter((each) => (each === place ? on : rule.places.includes(each))),
    });
  return (
    <>
      <TextField
        className={styles.wide}
        label={t("masking.attribute.name")}
        description={t("masking.attribute.name.text")}
        value={rule.name}
        maxLength={300}
        spellCheck={false}
        autoFocus={!rule.name}
        mono
        onText={(name) => onChange({ ...rule, name })}
      />
      <fieldset className={`${styles.places} ${styles.wide}`}>
        <legend>{t("masking.attribute.places")}</legend>
        {PLACES.map((place) => (
          <label key={place}>
            <input
              type="checkbox"
              checked={rule.places.includes(place)}
              onChange={(event) => choose(place, event.currentTarget.checked)}
            />
            {t(`masking.place.${place}`)}
          </label>
        ))}
      </fieldset>
    </>
  );
}
