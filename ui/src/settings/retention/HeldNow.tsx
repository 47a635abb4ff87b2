import { Button } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import type { Held, Retention } from "@/api/retention";
import { Section } from "@/components/Page";
import { Loaded } from "@/components/States";
import type { Words } from "@/i18n/language";
import { useWords } from "@/i18n/useWords";
import { hasLimit, sayPolicy } from "./policy";
import styles from "./Retention.module.css";
import type { Edited } from "./useRetention";

const ClearDialog = lazy(() => import("./ClearDialog").then((module) => ({ default: module.ClearDialog })));

interface Props {
  retention: Retention;
  edited: Edited;
  readOnly: boolean;
}

/** What is held by the policy that holds, and what of it is due to go. */
export function HeldNow({ retention, edited, readOnly }: Props) {
  const words = useWords();
  const { t, format } = words;
  const [open, setOpen] = useState(false);
  const { policy, updated, by } = retention;
  const mayClear = !readOnly && hasLimit(policy);
  return (
    <Section
      title={t("retention.held")}
      aside={
        updated && (
          <span data-tip={format.exact(updated)}>
            {t("retention.set", { by, when: format.relative(updated) })}
          </span>
        )
      }
    >
      <p className={styles.lead}>{sayPolicy(words, policy)}</p>
      <Loaded query={edited.now} rows={2}>
        {(held) => (
          <>
            <p>{sayHeld(words, held)}</p>
            {hasLimit(policy) && held.traces > 0 && (
              <p>
                {held.clearing
                  ? t("retention.clears", { n: held.clearing, all: held.traces })
                  : t("retention.clears.none")}
              </p>
            )}
            {mayClear && (
              <Button variant="default" className={styles.clear} onClick={() => setOpen(true)}>
                {t("retention.clear")}
              </Button>
            )}
            {open && (
              <Suspense fallback={null}>
                <ClearDialog policy={policy} held={held} onClose={() => setOpen(false)} />
              </Suspense>
            )}
          </>
        )}
      </Loaded>
    </Section>
  );
}

function sayHeld({ t, language }: Words, held: Held): string {
  const { traces, of_runs, oldest, newest } = held;
  const dates = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const date = (time: string) => dates.format(new Date(time));
  if (!oldest || !newest) return t("retention.held.none");
  return [
    t("retention.held.traces", { n: traces }),
    t("retention.held.oldest", { oldest: date(oldest), newest: date(newest) }),
    ...(of_runs ? [t("retention.held.runs", { n: of_runs })] : []),
  ].join(" ");
}
