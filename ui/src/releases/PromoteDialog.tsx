import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, unwrap } from "@/api/client";
import { environmentsQuery, verdictsQuery } from "@/api/queries";
import { OutcomeBadge } from "@/components/Marks";
import { Select } from "@/components/Select";
import { useWords } from "@/i18n/useWords";
import { ReasonDialog } from "./ReasonDialog";
import styles from "./Releases.module.css";

export interface PromoteProps {
  name: string;
  number: number;
  digest: string;
  verdictId?: string;
}

/** Loaded on demand through PromoteButton.tsx. */
export function PromoteDialog({
  name,
  number,
  digest,
  verdictId,
  onClose,
}: PromoteProps & { onClose: () => void }) {
  const { t } = useWords();
  const client = useQueryClient();
  const environments = useQuery(environmentsQuery()).data?.items ?? [];
  const verdict = useQuery(verdictsQuery(digest)).data?.items.find(
    (candidate) => verdictId === undefined || candidate.id === verdictId,
  );
  const names = environments.map((environment) => environment.name);
  const [chosen, setChosen] = useState<string>();
  const target =
    chosen ?? names.find((environment) => environment === "production") ?? names[0] ?? "production";
  const current = environments
    .find((environment) => environment.name === target)
    ?.deployments.find((deployment) => deployment.release === name);
  const promote = useMutation({
    mutationFn: (reason: string) =>
      unwrap(
        api.POST("/api/v1/environments/{environment}/promote", {
          params: { path: { environment: target } },
          body: {
            release: `${name}@${digest}`,
            reason,
            verdict_id: verdict?.id ?? null,
            // What stood there when the person decided: a change in between is refused, not overwritten.
            expected: current?.digest ?? null,
          },
        }),
      ),
    onSuccess: () => {
      void client.invalidateQueries();
      onClose();
    },
    onError: () => void client.invalidateQueries({ queryKey: ["environments"] }),
  });
  const there = current?.digest === digest;
  return (
    <ReasonDialog
      title={t("promote.title", { release: `${name}@${number}` })}
      submit={t("promote.submit", { environment: target })}
      pending={promote.isPending}
      error={promote.error}
      disabled={there}
      onSubmit={promote.mutate}
      onClose={onClose}
    >
      <Select
        label={t("promote.environment")}
        labelled
        value={target}
        onChange={(value) => {
          promote.reset();
          setChosen(value);
        }}
        options={(names.length ? names : [target]).map((name) => ({ value: name, name }))}
      />
      <p className="dim">
        {there
          ? t("promote.there", { environment: target })
          : current
            ? t("promote.replaces", { environment: target, number: current.number })
            : t("promote.first", { environment: target })}
      </p>
      {verdict ? (
        <p className={styles.dialogVerdict}>
          <OutcomeBadge outcome={verdict.outcome} filled />
          <span className="dim">{verdict.sentence}</span>
        </p>
      ) : (
        <p className={styles.caution}>{t("promote.no_verdict")}</p>
      )}
    </ReasonDialog>
  );
}
