import type { AuditEntry } from "@/api/types";
import { CopyButton } from "@/components/Copy";
import { Fact } from "@/components/Fact";
import { JsonTree } from "@/components/JsonTree";
import { Panel } from "@/components/Panel";
import { useWords } from "@/i18n/useWords";
import styles from "./Audit.module.css";

interface Props {
  entry: AuditEntry;
  problem?: string;
  onClose: () => void;
}

export function EntryPanel({ entry, problem, onClose }: Props) {
  const { t, format } = useWords();
  return (
    <Panel
      label={t("audit.entry", { seq: entry.seq })}
      title={
        <>
          <span className="faint num">{entry.seq}</span>
          <b className="clip">{entry.action}</b>
        </>
      }
      onClose={onClose}
    >
      <div className={styles.entry}>
        {problem && (
          <p className={styles.problem} role="alert">
            {problem}
          </p>
        )}
        <dl>
          <Fact name={t("audit.time")}>{format.exact(entry.time)}</Fact>
          <Fact name={t("audit.principal")}>{entry.principal}</Fact>
          <Fact name={t("audit.resource")}>{entry.resource}</Fact>
          {entry.reason && <Fact name={t("audit.reason")}>{entry.reason}</Fact>}
          <Hash name={t("audit.before")} value={entry.before} />
          <Hash name={t("audit.after")} value={entry.after} />
          <Hash name={t("audit.hash")} value={entry.hash} />
          <Hash name={t("audit.previous")} value={entry.previous_hash} />
        </dl>
        {Object.keys(entry.details).length > 0 && (
          <>
            <h2 className="dim">{t("audit.details")}</h2>
            <JsonTree value={entry.details} open={2} />
          </>
        )}
      </div>
    </Panel>
  );
}

function Hash({ name, value }: { name: string; value: string | null }) {
  const { t } = useWords();
  if (!value) return null;
  return (
    <Fact name={name}>
      <span className="mono">{value}</span> <CopyButton text={value} label={t("copy.text")} />
    </Fact>
  );
}
