import { useQuery } from "@tanstack/react-query";
import { retentionQuery } from "@/api/retention";
import { Page } from "@/components/Page";
import { Loaded } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import styles from "../Settings.module.css";
import "../texts";

/** How long telemetry is kept. */
export function RetentionPage() {
  const { t } = useWords();
  const query = useQuery(retentionQuery());
  return (
    <Page title={t("nav.settings.retention")}>
      <Loaded query={query}>
        {({ policy, by }) => (
          <div className={styles.content}>
            <p>
              {policy.max_age_days === null && policy.max_traces === null
                ? t("retention.forever")
                : t("retention.kept", { by })}
            </p>
          </div>
        )}
      </Loaded>
    </Page>
  );
}
