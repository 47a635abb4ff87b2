import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import { TextArea, TextField } from "@/components/Field";
import { useWords } from "@/i18n/useWords";
import { EXAMPLES, KINDS, type SampleKind, sampleOf, type Typed } from "./sample";
import styles from "./Try.module.css";
import { TryResult } from "./TryResult";
import type { Tried } from "./useDryRun";

interface Props {
  kind: SampleKind;
  typed: Typed;
  tried: Tried;
  dirty: boolean;
  onKind: (kind: SampleKind) => void;
  onTyped: (text: string) => void;
}

/** A sample, and what the rules beside it would do to it. */
export function TryPane({ kind, typed, tried, dirty, onKind, onTyped }: Props) {
  const { t } = useWords();
  return (
    <section className={styles.pane} aria-label={t("masking.try")}>
      <h2>{t("masking.try")}</h2>
      <p className="dim">
        {t(dirty ? "masking.try.unsaved" : "masking.try.saved")} {t("masking.try.quiet")}
      </p>
      <div className={styles.kinds} role="radiogroup" aria-label={t("masking.try.kind")}>
        {KINDS.map((each) => (
          <label key={each} data-on={each === kind || undefined}>
            <input
              type="radio"
              name="masking-sample"
              className="visually-hidden"
              checked={each === kind}
              onChange={() => onKind(each)}
            />
            {t(`masking.try.${each}`)}
          </label>
        ))}
      </div>
      {kind === "trace" ? (
        <TraceField id={typed.trace} onChange={onTyped} />
      ) : (
        <TypedField kind={kind} text={typed[kind]} onChange={onTyped} />
      )}
      {sampleOf(kind, typed) && <TryResult tried={tried} />}
    </section>
  );
}

interface TypedFieldProps {
  kind: "text" | "attributes";
  text: string;
  onChange: (text: string) => void;
}

function TypedField({ kind, text, onChange }: TypedFieldProps) {
  const { t } = useWords();
  const isWrong = text.trim() !== "" && sampleOf(kind, { text, attributes: text, trace: "" }) === undefined;
  return (
    <>
      <TextArea
        label={t(`masking.try.${kind}.label`)}
        value={text}
        maxLength={1_000_000}
        spellCheck={false}
        mono={kind === "attributes"}
        error={isWrong ? t("masking.try.bad_json", { example: '{"user.id": "ada"}' }) : undefined}
        onText={onChange}
      />
      {!text && (
        <Button variant="default" className={styles.start} onClick={() => onChange(EXAMPLES[kind])}>
          {t("masking.try.example")}
        </Button>
      )}
    </>
  );
}

function TraceField({ id, onChange }: { id: string; onChange: (id: string) => void }) {
  const { t } = useWords();
  const newest = useMutation({
    mutationFn: () => unwrap(api.GET("/api/v1/traces", { params: { query: { limit: 1 } } })),
    onSuccess: ({ items }) => {
      if (items[0]) onChange(items[0].trace_id);
    },
  });
  const isNone = newest.data?.items.length === 0;
  return (
    <>
      <TextField
        label={t("masking.try.trace.label")}
        description={t("masking.try.trace.text")}
        value={id}
        spellCheck={false}
        mono
        error={newest.error ? newest.error.message : isNone ? t("masking.try.no_traces") : undefined}
        onText={onChange}
      />
      <Button
        variant="default"
        className={styles.start}
        loading={newest.isPending}
        onClick={() => newest.mutate()}
      >
        {t("masking.try.newest")}
      </Button>
    </>
  );
}
