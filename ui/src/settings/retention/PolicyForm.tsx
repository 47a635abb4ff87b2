import { Button } from "@mantine/core";
import { type FormEvent, lazy, Suspense, useState } from "react";
import type { Retention } from "@/api/retention";
import { TextField } from "@/components/Field";
import { Section } from "@/components/Page";
import { useWords } from "@/i18n/useWords";
import styles from "./Retention.module.css";
import type { Edited } from "./useRetention";

const SaveDialog = lazy(() => import("./SaveDialog").then((module) => ({ default: module.SaveDialog })));

interface Props {
  retention: Retention;
  edited: Edited;
  readOnly: boolean;
}

/** The limits, and how much of what is held they would clear, counted while one types. */
export function PolicyForm({ retention, edited, readOnly }: Props) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const { typed, policy, problems, dirty, preview, edit, discard } = edited;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (policy && dirty) setOpen(true);
  }

  return (
    <Section title={t("retention.policy")}>
      <form className={styles.form} onSubmit={submit}>
        <div className={styles.fields}>
          <TextField
            label={t("retention.days")}
            description={t("retention.days.text")}
            error={problems.days && t(problems.days)}
            value={typed.days}
            inputMode="numeric"
            maxLength={6}
            disabled={readOnly}
            onText={(days) => edit({ days })}
          />
          <TextField
            label={t("retention.traces")}
            description={t("retention.traces.text")}
            error={problems.traces && t(problems.traces)}
            value={typed.traces}
            inputMode="numeric"
            maxLength={16}
            disabled={readOnly}
            onText={(traces) => edit({ traces })}
          />
        </div>
        <label className={styles.runs}>
          <input
            type="checkbox"
            checked={typed.keepRuns}
            disabled={readOnly}
            onChange={(event) => edit({ keepRuns: event.currentTarget.checked })}
          />
          <span>
            {t("retention.keep_runs")}
            <span className="faint"> {t("retention.keep_runs.text")}</span>
          </span>
        </label>
        {dirty && (
          <p
            className={styles.preview}
            data-clears={(preview && preview.clearing > 0) || undefined}
            aria-live="polite"
          >
            {preview &&
              (preview.clearing
                ? t("retention.clearing", { n: preview.clearing, all: preview.traces })
                : t("retention.clearing.none", { all: preview.traces }))}
          </p>
        )}
        {!readOnly && (
          <div className={styles.actions}>
            {dirty && (
              <Button variant="default" onClick={discard}>
                {t("settings.discard")}
              </Button>
            )}
            <Button type="submit" disabled={!dirty || !policy}>
              {t("settings.review")}
            </Button>
          </div>
        )}
      </form>
      {open && policy && (
        <Suspense fallback={null}>
          <SaveDialog
            before={retention.policy}
            policy={policy}
            held={preview}
            onSaved={discard}
            onClose={() => setOpen(false)}
          />
        </Suspense>
      )}
    </Section>
  );
}
