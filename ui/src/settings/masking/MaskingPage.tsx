import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { maskingQuery } from "@/api/masking";
import { Page } from "@/components/Page";
import { Loaded } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import styles from "./Masking.module.css";
import { MaskingEditor, TRY } from "./MaskingEditor";
import "../texts";

function toTry() {
  const pane = document.getElementById(TRY);
  pane?.scrollIntoView();
  pane?.querySelector<HTMLElement>("textarea, input[type=text]")?.focus({ preventScroll: true });
}

/** What never reaches the disk, and whether that works. */
export function MaskingPage() {
  const { t } = useWords();
  const query = useQuery(maskingQuery());
  return (
    <Page
      title={t("nav.settings.masking")}
      actions={
        <Button className={styles.toTry} variant="default" onClick={toTry}>
          {t("masking.try")}
        </Button>
      }
    >
      <Loaded query={query} rows={12}>
        {(masking) => <MaskingEditor masking={masking} />}
      </Loaded>
    </Page>
  );
}
