import { Button, Menu } from "@mantine/core";
import { exportUrl } from "@/api/datasets";
import { Icon } from "@/components/Icon";
import { useWords } from "@/i18n/useWords";

const FORMATS = [
  { format: "jsonl", name: "JSON Lines" },
  { format: "csv", name: "CSV" },
  { format: "parquet", name: "Parquet" },
  { format: "promptfoo", name: "promptfoo" },
  { format: "adk", name: "ADK" },
  { format: "vertex", name: "Vertex AI" },
] as const;

/** The version as a file, which the browser itself takes: the page holds none of it. */
export function ExportMenu({ name, version }: { name: string; version: number }) {
  const { t } = useWords();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<Icon name="download" size={14} />}>
          {t("datasets.export")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {FORMATS.map(({ format, name: label }) => (
          <Menu.Item key={format} component="a" href={exportUrl(name, String(version), format)} download>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
