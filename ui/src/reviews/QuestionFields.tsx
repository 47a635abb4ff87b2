import { TextArea, TextField } from "@/components/Field";
import { Icon } from "@/components/Icon";
import { Select } from "@/components/Select";
import { useWords } from "@/i18n/useWords";
import styles from "./Drafting.module.css";
import { type DraftQuestion, faultOf, TYPES, type Type } from "./drafting";

interface Props {
  question: DraftQuestion;
  all: DraftQuestion[];
  number: number;
  onChange: (part: Partial<DraftQuestion>) => void;
  onRemove?: () => void;
}

/** One question of a queue as it is written. */
export function QuestionFields({ question, all, number, onChange, onRemove }: Props) {
  const { t } = useWords();
  const fault = faultOf(question, all);
  const named = question.name !== "" && (fault === "name" || fault === "twice");
  return (
    <li className={styles.question} aria-label={t("drafting.question", { n: number })}>
      <div className={styles.two}>
        <TextField
          label={t("drafting.question.name")}
          description={t("drafting.question.name.text")}
          value={question.name}
          onText={(name) => onChange({ name })}
          error={named ? t(`drafting.fault.${fault === "twice" ? "twice" : "name"}`) : undefined}
          placeholder="right"
          required
          mono
          spellCheck={false}
        />
        <Select
          label={t("drafting.type")}
          labelled
          value={question.type}
          onChange={(type) => onChange({ type: type as Type })}
          options={TYPES.map((each) => ({ value: each, name: t(`drafting.type.${each}`) }))}
        />
      </div>
      <TextField
        label={t("drafting.question.text")}
        value={question.text}
        onText={(text) => onChange({ text })}
        placeholder={t("drafting.question.example")}
      />
      {question.type === "choice" && (
        <TextArea
          label={t("drafting.choices")}
          description={t("drafting.choices.text")}
          value={question.choices}
          onText={(choices) => onChange({ choices })}
          error={question.choices && fault === "choices" ? t("drafting.fault.choices") : undefined}
          rows={3}
        />
      )}
      {question.type === "scale" && <ScaleFields question={question} fault={fault} onChange={onChange} />}
      <div className={styles.foot}>
        <label>
          <input
            type="checkbox"
            checked={question.required}
            onChange={(event) => onChange({ required: event.currentTarget.checked })}
          />
          {t("drafting.required")}
        </label>
        {onRemove && (
          <button type="button" className={styles.remove} onClick={onRemove}>
            <Icon name="cross" size={12} />
            {t("drafting.remove")}
          </button>
        )}
      </div>
    </li>
  );
}

function ScaleFields({
  question,
  fault,
  onChange,
}: Pick<Props, "question" | "onChange"> & { fault?: string }) {
  const { t } = useWords();
  return (
    <div className={styles.scale}>
      <TextField
        label={t("drafting.low")}
        value={question.low}
        onText={(low) => onChange({ low })}
        error={fault === "scale" ? t("drafting.fault.scale") : undefined}
        inputMode="numeric"
      />
      <TextField
        label={t("drafting.low_text")}
        value={question.lowText}
        onText={(lowText) => onChange({ lowText })}
      />
      <TextField
        label={t("drafting.high")}
        value={question.high}
        onText={(high) => onChange({ high })}
        inputMode="numeric"
      />
      <TextField
        label={t("drafting.high_text")}
        value={question.highText}
        onText={(highText) => onChange({ highText })}
      />
      <Select
        label={t("drafting.spacing")}
        labelled
        value={question.spacing}
        onChange={(spacing) => onChange({ spacing: spacing === "interval" ? "interval" : "ordinal" })}
        options={[
          { value: "ordinal", name: t("drafting.spacing.ordinal") },
          { value: "interval", name: t("drafting.spacing.interval") },
        ]}
      />
    </div>
  );
}
