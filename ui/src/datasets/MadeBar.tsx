import "./synthesisTexts";
import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type ApprovalStatus, approvalQuery, requireApproval } from "@/api/approval";
import type { DatasetVersion } from "@/api/datasets";
import { useMay } from "@/api/session";
import { Problem } from "@/components/Problem";
import { Select } from "@/components/Select";
import { useWords } from "@/i18n/useWords";
import styles from "./Provenance.module.css";

/** Shows the items that models made, and how far people are with approving them; nothing where there are none. */
export function MadeBar({ version }: { version: DatasetVersion }) {
  const approval = useQuery(approvalQuery(version.name, String(version.version.number))).data;
  const { made } = useSearch({ from: "/datasets/$name" });
  if (!approval || (approval.synthetic === 0 && !made)) return null;
  return (
    <div className={styles.made}>
      <MadeSelect approval={approval} />
      {approval.required && <Waiting approval={approval} />}
      {(!approval.required || (approval.counts.unseen ?? 0) > 0) && <Ask name={version.name} />}
    </div>
  );
}

function MadeSelect({ approval }: { approval: ApprovalStatus }) {
  const { t, format } = useWords();
  const navigate = useNavigate({ from: "/datasets/$name" });
  const { made } = useSearch({ from: "/datasets/$name" });
  const approved = approval.counts.approved ?? 0;
  const options = [
    { value: "", name: t("made.all") },
    { value: "model", name: t("made.model", { n: format.integer(approval.synthetic) }) },
  ];
  if (approval.required || made === "approved" || made === "unapproved") {
    options.push(
      { value: "approved", name: t("made.approved", { n: format.integer(approved) }) },
      {
        value: "unapproved",
        name: t("made.unapproved", { n: format.integer(approval.synthetic - approved) }),
      },
    );
  }
  return (
    <Select
      label={t("made.by")}
      value={made ?? ""}
      onChange={(value) =>
        void navigate({ search: (before) => ({ ...before, made: value || undefined }), replace: true })
      }
      options={options}
    />
  );
}

function Waiting({ approval }: { approval: ApprovalStatus }) {
  const { t } = useWords();
  const open = (approval.counts.waiting ?? 0) + (approval.counts.unseen ?? 0);
  if (!approval.queue) return null;
  return (
    <Link className="link" to="/reviews/$queue" params={{ queue: approval.queue }}>
      {open ? t("approval.open", { n: open }) : t("approval.settled")}
    </Link>
  );
}

function Ask({ name }: { name: string }) {
  const { t } = useWords();
  const client = useQueryClient();
  const mayEdit = useMay("editor");
  const ask = useMutation({
    mutationFn: () => requireApproval(name),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["approval", name] });
      void client.invalidateQueries({ queryKey: ["items", name] });
    },
  });
  if (!mayEdit) return null;
  return (
    <>
      <Button
        variant="default"
        data-tip={t("approval.ask.text")}
        loading={ask.isPending}
        onClick={() => ask.mutate()}
      >
        {t("approval.ask")}
      </Button>
      <Problem error={ask.error} />
    </>
  );
}
