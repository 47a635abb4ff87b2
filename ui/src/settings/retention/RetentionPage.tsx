import { useQuery } from "@tanstack/react-query";
import { type Retention, retentionQuery } from "@/api/retention";
import { useMay } from "@/api/session";
import { Page } from "@/components/Page";
import { Loaded } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import { LeaveGuard } from "../LeaveGuard";
import { ReadOnlyNote } from "../ReadOnlyNote";
import styles from "../Settings.module.css";
import { HeldNow } from "./HeldNow";
import { PolicyForm } from "./PolicyForm";
import { Rounds } from "./Rounds";
import { useRetention } from "./useRetention";
import "../texts";

/** How long telemetry is kept, what is held, and what went. */
export function RetentionPage() {
  const { t } = useWords();
  const query = useQuery(retentionQuery());
  return (
    <Page title={t("nav.settings.retention")}>
      <Loaded query={query}>{(retention) => <Sections retention={retention} />}</Loaded>
    </Page>
  );
}

function Sections({ retention }: { retention: Retention }) {
  const { t } = useWords();
  const readOnly = !useMay("admin");
  const edited = useRetention(retention);
  return (
    <div className={styles.content}>
      {readOnly && <ReadOnlyNote text="retention.readonly" />}
      <HeldNow retention={retention} edited={edited} readOnly={readOnly} />
      <PolicyForm retention={retention} edited={edited} readOnly={readOnly} />
      <Rounds />
      <LeaveGuard dirty={edited.dirty} text={t("retention.leave")} onDiscard={edited.discard} />
    </div>
  );
}
