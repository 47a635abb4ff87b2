import { useQuery } from "@tanstack/react-query";
import { maskingQuery } from "@/api/masking";
import { Page } from "@/components/Page";
import { Loaded } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import styles from "../Settings.module.css";
import "../texts";

/** What never reaches the disk. */
export function MaskingPage() {
  const { t } = useWords();
  const query = useQuery(maskingQuery());
  return (
    <Page title={t("nav.settings.masking")}>
      <Loaded query={query}>
        {({ revision, by }) => (
          <div className={styles.content}>
            <p>{revision ? t("masking.set", { revision, by: by ?? "–" }) : t("masking.none")}</p>
          </div>
        )}
      </Loaded>
    </Page>
  );
}
