import { useMutation, useQueryClient } from "@tanstack/react-query";
import { maskingQuery, saveMasking } from "@/api/masking";
import { useWords } from "@/i18n/useWords";
import { ReasonDialog } from "@/releases/ReasonDialog";
import { ChangeList } from "./ChangeList";
import { rulesOf } from "./rules";
import type { Edited } from "./useEditing";

/** What saving changes, rule by rule, and the reason for it. */
export function SaveDialog({ edited, onClose }: { edited: Edited; onClose: () => void }) {
  const { t } = useWords();
  const client = useQueryClient();
  const { base, draft, changes, discard } = edited;
  const save = useMutation({
    mutationFn: (reason: string) => saveMasking(rulesOf(draft), base.revision, reason),
    onSuccess: (masking) => {
      client.setQueryData(maskingQuery().queryKey, masking);
      discard();
      onClose();
    },
    // Refused because somebody was faster: what they saved shows behind this, and the changes stay.
    onError: () => void client.invalidateQueries({ queryKey: maskingQuery().queryKey }),
  });
  return (
    <ReasonDialog
      title={t("masking.save.title")}
      submit={t("masking.save")}
      pending={save.isPending}
      error={save.error}
      disabled={edited.stale}
      onSubmit={save.mutate}
      onClose={onClose}
    >
      <ChangeList changes={changes} />
      <p className="dim">{t("masking.save.text")}</p>
    </ReasonDialog>
  );
}
