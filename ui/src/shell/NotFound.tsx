import { Link } from "@tanstack/react-router";
import { Page } from "@/components/Page";
import { EmptyState } from "@/components/States";
import { useWords } from "@/i18n/useWords";

export function NotFound() {
  const { t } = useWords();
  return (
    <Page title={t("notfound.title")}>
      <EmptyState icon="search" title={t("notfound.title")} text={t("notfound.text")}>
        <Link className="link" to="/">
          {t("notfound.back")}
        </Link>
      </EmptyState>
    </Page>
  );
}
