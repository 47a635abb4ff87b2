import { Button, Textarea, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type FormEvent, useMemo, useState } from "react";
import type { By, DashboardChart, Measure, Of, Range } from "@/api/charts";
import { Panel } from "@/components/Panel";
import { Select } from "@/components/Select";
import { useWords } from "@/i18n/useWords";
import { ChartCard } from "./ChartCard";
import styles from "./EditorPanel.module.css";
import { besides, COLUMNS, describe, isOfCalls, MEASURES, OFS } from "./measures";

interface Props {
  item: DashboardChart;
  isNew: boolean;
  range: Range;
  onClose: () => void;
  onSave: (item: DashboardChart) => void;
}

const PREVIEW_DELAY_MS = 350;
const MOST_SERIES = 20;
const KINDS = ["line", "bar", "area"] as const;

/** A chart as a form, with what it shows beside it as one types. */
export function EditorPanel({ item, isNew, range, onClose, onSave }: Props) {
  const words = useWords();
  const { t } = words;
  const [draft, setDraft] = useState(item);
  const [conditions, setConditions] = useState(item.chart.where.join("\n"));
  const whole = useMemo(() => withConditions(draft, conditions), [draft, conditions]);
  const [previewed] = useDebouncedValue(whole, PREVIEW_DELAY_MS);
  const { chart } = draft;
  const set = (more: Partial<DashboardChart>) => setDraft({ ...draft, ...more });
  const setChart = (more: Partial<DashboardChart["chart"]>) => set({ chart: { ...chart, ...more } });

  function setMeasure(measure: Measure) {
    const of = isOfCalls(measure) ? "calls" : chart.of;
    const beside = draft.beside && besides(measure).includes(draft.beside) ? draft.beside : null;
    setDraft({ ...draft, beside, chart: { ...chart, measure, of } });
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    onSave({ ...whole, title: whole.title.trim() });
  }

  const title = t(isNew ? "dash.new.title" : "dash.edit.title");
  return (
    <Panel title={<h2>{title}</h2>} label={title} onClose={onClose}>
      <form className={styles.form} onSubmit={submit}>
        <TextInput
          label={t("dash.field.title")}
          placeholder={describe(chart, draft.beside, words)}
          value={draft.title}
          maxLength={120}
          onChange={(event) => set({ title: event.currentTarget.value })}
        />
        <div className={styles.fields}>
          <Select
            labelled
            label={t("dash.field.measure")}
            value={chart.measure}
            options={MEASURES.map((value) => ({ value, name: t(`dash.measure.${value}`) }))}
            onChange={(value) => setMeasure(value as Measure)}
          />
          <Select
            labelled
            label={t("dash.field.of")}
            value={chart.of}
            options={(isOfCalls(chart.measure) ? (["calls"] as const) : OFS).map((value) => ({
              value,
              name: t(`dash.of.${value}`),
            }))}
            onChange={(value) => setChart({ of: value as Of })}
          />
          <Select
            labelled
            label={t("dash.field.by")}
            value={chart.by}
            options={[
              { value: "", name: t("dash.none.split") },
              ...COLUMNS.map((value) => ({ value, name: t(`dash.by.${value}`) })),
            ]}
            onChange={(value) => setChart({ by: value as By })}
          />
          <Select
            labelled
            label={t("dash.field.beside")}
            value={draft.beside ?? ""}
            options={[
              { value: "", name: t("dash.none") },
              ...besides(chart.measure).map((value) => ({ value, name: t(`dash.measure.${value}`) })),
            ]}
            onChange={(value) => set({ beside: value ? (value as Measure) : null })}
          />
          <Select
            labelled
            label={t("dash.field.kind")}
            value={draft.kind}
            options={KINDS.map((value) => ({ value, name: t(`dash.kind.${value}`) }))}
            onChange={(value) => set({ kind: KINDS.find((kind) => kind === value) ?? "line" })}
          />
          <TextInput
            type="number"
            label={t("dash.field.series")}
            disabled={chart.by === ""}
            min={1}
            max={MOST_SERIES}
            value={chart.series}
            onChange={(event) => {
              const series = event.currentTarget.valueAsNumber;
              if (series >= 1 && series <= MOST_SERIES) setChart({ series: Math.trunc(series) });
            }}
          />
        </div>
        <Textarea
          label={t("dash.field.where")}
          description={t("dash.field.where.text")}
          placeholder="request_model=gpt-5"
          autosize
          minRows={2}
          value={conditions}
          classNames={{ input: "mono" }}
          spellCheck={false}
          onChange={(event) => setConditions(event.currentTarget.value)}
        />
        <label className={styles.wide}>
          <input
            type="checkbox"
            checked={draft.wide}
            onChange={(event) => set({ wide: event.currentTarget.checked })}
          />
          {t("dash.field.wide")}
        </label>
        <h3>{t("dash.preview")}</h3>
        <ChartCard key={JSON.stringify(previewed.chart)} item={{ ...previewed, wide: false }} range={range} />
        <div className={styles.actions}>
          <Button variant="default" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button type="submit">{t("dash.save")}</Button>
        </div>
      </form>
    </Panel>
  );
}

function withConditions(draft: DashboardChart, text: string): DashboardChart {
  const where = text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  return { ...draft, chart: { ...draft.chart, where } };
}
