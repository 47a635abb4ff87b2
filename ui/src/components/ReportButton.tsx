import { Button } from "@mantine/core";
import { enReport } from "@/i18n/en-report";
import { koReport } from "@/i18n/ko-report";
import { addTexts } from "@/i18n/language";
import { useWords } from "@/i18n/useWords";
import { Icon } from "./Icon";

addTexts({ en: enReport, ko: koReport });

/** Downloads the report of what a page shows, in the chosen language; `path` is its place under the API. */
export function ReportButton({ path }: { path: string }) {
  const { t, language } = useWords();
  return (
    <Button
      component="a"
      variant="default"
      href={`/api/v1${path}${path.includes("?") ? "&" : "?"}lang=${language}`}
      download
      data-tip={t("report.tip")}
      leftSection={<Icon name="download" size={14} />}
    >
      {t("report.download")}
    </Button>
  );
}
