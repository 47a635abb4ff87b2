import { Button } from "@mantine/core";
import { useRef, useState } from "react";
import type { DeniedAttribute, Place } from "@/api/masking";
import { TextField } from "@/components/Field";
import { Icon } from "@/components/Icon";
import { Section } from "@/components/Page";
import { useWords } from "@/i18n/useWords";
import { Count, type Counts } from "./Count";
import styles from "./Masking.module.css";
import { type RowProblem, RuleRow } from "./RuleRow";
import { NEW_ATTRIBUTE, PLACES, type Row, replaced, rowOf, without } from "./rules";

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
  const [open, setOpen] = useState<number>();
  const addButton = useRef<HTMLButtonElement>(null);

  function add() {
    const row = rowOf(NEW_ATTRIBUTE);
    onChange([...rows, row]);
    setOpen(row.key);
  }

  function remove(key: number) {
    onChange(without(rows, key));
    addButton.current?.focus();
  }

  return (
    <Section flush title={t("masking.attributes")}>
      <p className={styles.about}>{t("masking.attributes.text")}</p>
      {rows.length === 0 && <p className={styles.empty}>{t("masking.attributes.none")}</p>}
      <ul>
        {rows.map(({ key, rule }) => (
          <RuleRow
            key={key}
            name={rule.name ? t("masking.rule.attribute", { name: rule.name }) : t("masking.rule.new")}
            summary={<Summary rule={rule} />}
            count={<Count counts={counts} rule={`attribute:${rule.name}`} />}
            problem={problemOf(key)}
            open={open === key}
            readOnly={readOnly}
            onOpen={(shown) => setOpen(shown ? key : undefined)}
            onRemove={() => remove(key)}
          >
            <Fields rule={rule} onChange={(changed) => onChange(replaced(rows, key, changed))} />
          </RuleRow>
        ))}
      </ul>
      {!readOnly && (
        <div className={styles.add}>
          <Button
            ref={addButton}
            variant="default"
            leftSection={<Icon name="plus" size={12} />}
            onClick={add}
          >
            {t("masking.add_attribute")}
          </Button>
        </div>
      )}
    </Section>
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
