import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, unwrap } from "@/api/client";
import { useReleaseIndex } from "@/api/releases";
import { Select } from "@/components/Select";
import { useWords } from "@/i18n/useWords";
import { ReasonDialog } from "./ReasonDialog";

export interface RollbackTarget {
  environment: string;
  previous: string;
}

/** Loaded on demand through RollbackButton.tsx. */
export function RollbackDialog({
  name,
  digest,
  targets,
  onClose,
}: {
  name: string;
  digest: string;
  targets: RollbackTarget[];
  onClose: () => void;
}) {
  const { t } = useWords();
  const client = useQueryClient();
  const releases = useReleaseIndex();
  const [chosen, setChosen] = useState(targets[0]?.environment ?? "");
  const target = targets.find((candidate) => candidate.environment === chosen);
  const rollback = useMutation({
    mutationFn: (reason: string) =>
      unwrap(
        api.POST("/api/v1/environments/{environment}/rollback", {
          params: { path: { environment: chosen } },
          // Only from the version on the screen: a second click must not go back twice.
          body: { name, reason, expected: digest },
        }),
      ),
    onSuccess: () => {
      void client.invalidateQueries();
      onClose();
    },
  });
  const previous = target && releases.get(target.previous);
  return (
    <ReasonDialog
      title={t("rollback.title", { release: name })}
      submit={t("rollback.submit", { environment: chosen })}
      pending={rollback.isPending}
      error={rollback.error}
      onSubmit={rollback.mutate}
      onClose={onClose}
    >
      {targets.length > 1 && (
        <Select
          label={t("promote.environment")}
          labelled
          value={chosen}
          onChange={setChosen}
          options={targets.map(({ environment }) => ({ value: environment, name: environment }))}
        />
      )}
      <p className="dim">
        {t("rollback.text", {
          environment: chosen,
          release: previous ? `${previous.name}@${previous.number}` : (target?.previous.slice(0, 15) ?? ""),
        })}
      </p>
    </ReasonDialog>
  );
}
