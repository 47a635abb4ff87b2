import "./formTexts";
import { Button, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api, isStatus, unwrap } from "@/api/client";
import { artifactQuery } from "@/api/queries";
import type { Artifact } from "@/api/types";
import { TextArea } from "@/components/Field";
import { Problem } from "@/components/Problem";
import { useWords } from "@/i18n/useWords";
import styles from "./Datasets.module.css";
import { type Edits, NO_EDITS, toRequest } from "./edits";

interface Props {
  dataset: Artifact;
  edits: Edits;
  base: string;
  onEdits: (edits: Edits, base?: string) => void;
  onClose: () => void;
}

/** Saves the edits as one version; when somebody was first, shows what they did and lets the edits follow it. */
export function SaveDialog({ dataset, edits, base, onEdits, onClose }: Props) {
  const { t } = useWords();
  const client = useQueryClient();
  const navigate = useNavigate({ from: "/datasets/$name" });
  const [reason, setReason] = useState("");
  const newest = dataset.versions[0]?.number ?? 0;
  const begun = dataset.versions.find(({ digest }) => digest === base)?.number ?? newest;

  const refresh = () => client.invalidateQueries({ queryKey: ["artifact", "dataset", dataset.name] });
  const save = useMutation({
    mutationFn: (on: string) =>
      unwrap(
        api.POST("/api/v1/datasets/{name}/edits", {
          params: { path: { name: dataset.name } },
          body: { base: on, ...toRequest(edits), message: reason.trim() },
        }),
      ),
    onSuccess: async () => {
      // First, or the page would ask the new version for an item that it has no more.
      await navigate({
        search: ({ item, ...before }) => ({
          ...before,
          version: undefined,
          item: item && edits.get(item)?.item === null ? undefined : item,
        }),
        replace: true,
      });
      await refresh();
      void client.invalidateQueries({ queryKey: ["datasets"] });
      onEdits(NO_EDITS);
      onClose();
    },
    onError: () => void refresh(),
  });
  const overtaken = isStatus(save.error, 409);

  /** The edits say whole items by id, so they can be made on any version. */
  async function follow() {
    const now = await client.fetchQuery({ ...artifactQuery("dataset", dataset.name), staleTime: 0 });
    const latest = now.labels.latest;
    if (!latest) return;
    onEdits(edits, latest);
    save.mutate(latest);
  }

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    save.mutate(base);
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={t("save.title", { version: newest + 1 })}
      size={480}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <form className={styles.dialog} onSubmit={onSubmit}>
        <p>{t("save.text", { n: edits.size, version: begun })}</p>
        <TextArea
          label={t("save.reason")}
          description={t("save.reason.text")}
          value={reason}
          onText={setReason}
          rows={2}
          data-autofocus
        />
        <Problem error={save.error} />
        {overtaken && (
          <p>
            {t("save.overtaken")}{" "}
            <Link
              className="link"
              to="/datasets/$name"
              params={{ name: dataset.name }}
              search={{ tab: "changes", against: String(begun) }}
              onClick={onClose}
            >
              {t("save.look")}
            </Link>
          </p>
        )}
        <div className={styles.dialogActions}>
          <Button variant="default" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          {overtaken ? (
            <Button loading={save.isPending} onClick={() => void follow()}>
              {t("save.follow")}
            </Button>
          ) : (
            <Button type="submit" loading={save.isPending}>
              {t("save.save")}
            </Button>
          )}
        </div>
      </form>
    </Modal>
  );
}
