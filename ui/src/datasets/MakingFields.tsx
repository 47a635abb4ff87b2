import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { datasetsQuery } from "@/api/datasets";
import { artifactsQuery } from "@/api/queries";
import { TextArea, TextField } from "@/components/Field";
import { Select } from "@/components/Select";
import { useWords } from "@/i18n/useWords";
import styles from "./Datasets.module.css";
import own from "./Making.module.css";
import { type Making, MUTATIONS, ORIGINS, type Origin } from "./making";

interface Props {
  said: Making;
  onSay: (part: Partial<Making>) => void;
}

/** What items are made of, by whom, and within which limits. */
export function MakingFields({ said, onSay }: Props) {
  const { t } = useWords();
  const isPersona = said.origin !== "items" || said.mutations.includes("persona");
  return (
    <>
      <Select
        label={t("making.origin")}
        labelled
        value={said.origin}
        onChange={(origin) => onSay({ origin: origin as Origin })}
        options={ORIGINS.map((each) => ({ value: each, name: t(`making.of.${each}`) }))}
      />
      {(said.origin === "index" || said.origin === "traces") && <IndexField said={said} onSay={onSay} />}
      {said.origin === "documents" && <DocumentsField said={said} onSay={onSay} />}
      {said.origin === "traces" && <TracesFields said={said} onSay={onSay} />}
      {said.origin === "items" && <ItemsFields said={said} onSay={onSay} />}
      <div className={styles.two}>
        <TextField
          label={t("making.model")}
          description={t("making.model.text")}
          placeholder="openai:gpt-5-mini"
          value={said.model}
          onText={(model) => onSay({ model })}
          mono
          spellCheck={false}
        />
        <TextField
          label={t("making.judge")}
          description={`${t("making.judge.text")} ${t("making.baseline")}`}
          placeholder={said.model}
          value={said.judge}
          onText={(judge) => onSay({ judge })}
          mono
          spellCheck={false}
        />
      </div>
      {isPersona && (
        <TextArea
          label={t("making.personas")}
          description={t("making.personas.text")}
          value={said.personas}
          onText={(personas) => onSay({ personas })}
          rows={2}
        />
      )}
      <div className={styles.two}>
        <NumberField label={t("making.most")} value={said.most} onText={(most) => onSay({ most })} />
        {said.origin !== "items" && (
          <NumberField label={t("making.each")} value={said.each} onText={(each) => onSay({ each })} />
        )}
      </div>
      <details className={own.more}>
        <summary>{t("making.more")}</summary>
        <div className={styles.two}>
          <TextField
            label={t("making.max_cost")}
            value={said.maxCost}
            onText={(maxCost) => onSay({ maxCost })}
            inputMode="decimal"
            pattern="[0-9.]*"
          />
          <NumberField label={t("making.seed")} value={said.seed} onText={(seed) => onSay({ seed })} />
          {said.origin !== "items" && (
            <TextField
              label={t("making.split")}
              value={said.split}
              onText={(split) => onSay({ split })}
              spellCheck={false}
            />
          )}
          <TextField
            label={t("making.held_out")}
            description={t("making.held_out.text")}
            value={said.heldOut}
            onText={(heldOut) => onSay({ heldOut })}
            mono
            spellCheck={false}
          />
        </div>
      </details>
    </>
  );
}

function NumberField(props: { label: string; value: string; onText: (text: string) => void }) {
  return <TextField {...props} inputMode="numeric" pattern="-?[0-9]*" required />;
}

function IndexField({ said, onSay }: Props) {
  const { t } = useWords();
  const indexes = useQuery(artifactsQuery("index")).data?.items;
  if (indexes?.length === 0) return <p className="dim">{t("making.index.none")}</p>;
  const options = (indexes ?? []).map(({ name, latest }) => ({
    value: `${name}@${latest.number}`,
    name: `${name}@${latest.number}`,
  }));
  return (
    <Select
      label={t(said.origin === "traces" ? "making.index.traces" : "making.index")}
      labelled
      value={said.index}
      onChange={(index) => onSay({ index })}
      options={[{ value: "", name: "–" }, ...options]}
    />
  );
}

function DocumentsField({ said, onSay }: Props) {
  const { t } = useWords();
  const field = useRef<HTMLInputElement>(null);
  async function choose(files: FileList | null) {
    const read = [...(files ?? [])].map(async (file) => ({ name: file.name, text: await file.text() }));
    onSay({ documents: await Promise.all(read) });
  }
  return (
    <>
      <button
        type="button"
        className={styles.drop}
        onClick={() => field.current?.click()}
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          void choose(event.dataTransfer.files);
        }}
      >
        {said.documents.length > 0 ? (
          <>
            <b>{t("making.documents.chosen", { n: said.documents.length })}</b>
            <span className={own.names}>{said.documents.map(({ name }) => name).join(", ")}</span>
          </>
        ) : (
          t("making.documents.choose")
        )}
        <span className="faint">{t("making.documents.text")}</span>
      </button>
      <input
        ref={field}
        type="file"
        multiple
        accept=".md,.markdown,.txt,text/plain,text/markdown"
        aria-label={t("making.documents")}
        className="visually-hidden"
        tabIndex={-1}
        onChange={(event) => void choose(event.currentTarget.files)}
      />
    </>
  );
}

function TracesFields({ said, onSay }: Props) {
  const { t } = useWords();
  return (
    <>
      <TextArea
        label={t("making.condition")}
        description={t("making.condition.text")}
        value={said.where}
        onText={(where) => onSay({ where })}
        rows={2}
        mono
        spellCheck={false}
      />
      <div className={styles.two}>
        <Select
          label={t("making.status")}
          labelled
          value={said.status}
          onChange={(status) => onSay({ status: status as Making["status"] })}
          options={[
            { value: "", name: t("making.status.any") },
            { value: "error", name: t("making.status.error") },
            { value: "ok", name: t("making.status.ok") },
          ]}
        />
        <TextField
          label={t("making.environment")}
          value={said.environment}
          placeholder="production"
          onText={(environment) => onSay({ environment })}
          spellCheck={false}
        />
      </div>
    </>
  );
}

function ItemsFields({ said, onSay }: Props) {
  const { t } = useWords();
  const datasets = useQuery(datasetsQuery()).data?.items ?? [];
  const toggle = (mutation: string) =>
    onSay({
      mutations: said.mutations.includes(mutation)
        ? said.mutations.filter((each) => each !== mutation)
        : [...said.mutations, mutation],
    });
  return (
    <>
      <Select
        label={t("making.items")}
        labelled
        value={said.items}
        onChange={(items) => onSay({ items })}
        options={[
          { value: "", name: "–" },
          ...datasets.map(({ name }) => ({ value: `${name}@latest`, name: `${name}@latest` })),
        ]}
      />
      <fieldset className={own.mutations}>
        <legend>{t("making.mutations")}</legend>
        {MUTATIONS.map((each) => (
          <label key={each}>
            <input type="checkbox" checked={said.mutations.includes(each)} onChange={() => toggle(each)} />
            {t(`making.mutation.${each}`)}
          </label>
        ))}
      </fieldset>
      <TextField
        label={t("making.language")}
        value={said.language}
        placeholder="Korean"
        onText={(language) => onSay({ language })}
      />
    </>
  );
}
