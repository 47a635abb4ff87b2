import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useCallback, useState } from "react";
import { api, unwrap } from "@/api/client";
import type { EvaluatorDetail } from "@/api/evaluators";
import { useMay } from "@/api/session";
import { TextArea } from "@/components/Field";
import { Problem } from "@/components/Problem";
import { useWords } from "@/i18n/useWords";
import styles from "./Evaluators.module.css";
import { RunSampleChoice } from "./RunSampleChoice";
import { bodyOf, EMPTY, type Form, mistakes, wants } from "./sample";
import { TrialResult } from "./TrialResult";

/** The evaluator on one sample: written here, or taken from a run. */
export function TryTab({ evaluator }: { evaluator: EvaluatorDetail }) {
  const { t } = useWords();
  const mayRun = useMay("editor");
  const [from, setFrom] = useState<"text" | "run">("text");
  const [form, setForm] = useState(EMPTY);
  const [chosen, setChosen] = useState<{ run: string; item: string }>();
  const wanted = wants(evaluator);
  const wrong = mistakes(form, wanted);
  const ref = String(evaluator.version?.number ?? "latest");
  const trial = useMutation({
    mutationFn: () =>
      unwrap(
        api.POST("/api/v1/evaluators/{name}/try", {
          params: { path: { name: evaluator.name } },
          body: from === "run" && chosen ? { ref, ...chosen } : { ref, sample: bodyOf(form) },
        }),
      ),
  });
  const ready = from === "run" ? chosen !== undefined : Object.keys(wrong).length === 0;

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    trial.mutate();
  }

  const { reset } = trial;
  // What it said is of the sample that was sent, and of no other.
  function choose(source: "text" | "run") {
    setFrom(source);
    reset();
  }

  const pick = useCallback(
    (sample: { run: string; item: string } | undefined) => {
      setChosen(sample);
      reset();
    },
    [reset],
  );

  const field = (name: keyof Form, label: string, description?: string) => (
    <TextArea
      label={label}
      description={description}
      value={form[name]}
      onText={(text) => setForm({ ...form, [name]: text })}
      error={form[name] && wrong[name] ? t(wrong[name]) : undefined}
      mono={name === "contexts" || name === "trajectory" || name === "metadata"}
    />
  );
  return (
    <div className={styles.contents}>
      <form className={`${styles.part} ${styles.try}`} onSubmit={onSubmit}>
        <fieldset className={styles.sources}>
          <legend className="visually-hidden">{t("try.source")}</legend>
          {(["text", "run"] as const).map((each) => (
            <button key={each} type="button" aria-pressed={from === each} onClick={() => choose(each)}>
              {t(`try.from_${each}`)}
            </button>
          ))}
        </fieldset>
        {from === "run" ? (
          <RunSampleChoice evaluator={evaluator.name} chosen={chosen} onChoose={pick} />
        ) : (
          <>
            {field("input", t("try.input"))}
            {field("output", t("try.output"))}
            {wanted.has("reference") && field("reference", t("try.reference"))}
            {wanted.has("contexts") && field("contexts", t("try.contexts"), t("try.contexts.text"))}
            {wanted.has("trajectory") && field("trajectory", t("try.trajectory"), t("try.trajectory.text"))}
            {wanted.has("metadata") &&
              field(
                "metadata",
                t("try.metadata"),
                t("try.metadata.text", { needs: evaluator.needs.join(", ") }),
              )}
          </>
        )}
        <Problem error={trial.error} />
        <div className={styles.actions}>
          <span className="faint grow">{evaluator.kind === "judge" ? t("try.costs") : t("try.free")}</span>
          <Button type="submit" disabled={!ready || !mayRun || !!evaluator.problem} loading={trial.isPending}>
            {t("try.run")}
          </Button>
        </div>
        {!mayRun && <p className="faint">{t("try.not_allowed")}</p>}
      </form>
      <section className={styles.part} aria-live="polite">
        <header>
          <h2>{t("try.result")}</h2>
        </header>
        {trial.data ? (
          <TrialResult trial={trial.data} evaluator={evaluator} />
        ) : (
          <p className={`${styles.text} faint`}>{t("try.nothing_yet")}</p>
        )}
      </section>
    </div>
  );
}
