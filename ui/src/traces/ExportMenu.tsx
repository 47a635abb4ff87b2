import "@/query/texts";
import { Button, Popover } from "@mantine/core";
import { useState } from "react";
import type { TraceFilter } from "@/api/queries";
import { Command } from "@/components/Copy";
import { Icon } from "@/components/Icon";
import type { TextKey } from "@/i18n/catalogue";
import { useWords } from "@/i18n/useWords";
import styles from "./ExportMenu.module.css";
import { EXPORTS, type Exported, type ExportFormat, exportCommand, exportUrl, fileOf } from "./exports";

interface Props {
  filter: TraceFilter;
  what?: Exported;
}

const SCOPES: Record<Exported, { all: TextKey; filtered: TextKey; jsonl: TextKey }> = {
  traces: { all: "export.all", filtered: "export.filtered", jsonl: "export.jsonl.text" },
  spans: { all: "export.spans.all", filtered: "export.spans.filtered", jsonl: "export.spans.jsonl" },
};

const NAMES: Record<ExportFormat, { name: TextKey; text: TextKey }> = {
  parquet: { name: "export.parquet", text: "export.parquet.text" },
  jsonl: { name: "export.jsonl", text: "export.jsonl.text" },
  otlp: { name: "export.otlp", text: "export.otlp.text" },
  "otlp-protobuf": { name: "export.otlp_protobuf", text: "export.otlp_protobuf.text" },
};

/** Everything that the list's filter finds as a file, which the browser itself takes: the page holds none of it. */
export function ExportMenu({ filter, what = "traces" }: Props) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={400} trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<Icon name="download" size={14} />}
          onClick={() => setOpen(!open)}
        >
          {t("export.action")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={styles.dropdown} aria-label={t("export.action")}>
        <Formats filter={filter} what={what} onDone={() => setOpen(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}

function Formats({ filter, what, onDone }: Required<Props> & { onDone: () => void }) {
  const { t } = useWords();
  const [format, setFormat] = useState<ExportFormat>("parquet");
  const filtered = Object.values(filter).some(Boolean);
  return (
    <>
      <p className={styles.what}>{t(SCOPES[what][filtered ? "filtered" : "all"])}</p>
      <fieldset className={styles.formats}>
        <legend className="visually-hidden">{t("export.format")}</legend>
        {EXPORTS.map((each) => (
          <label key={each} className={styles.format} data-chosen={each === format || undefined}>
            <input
              type="radio"
              name="export-format"
              checked={each === format}
              onChange={() => setFormat(each)}
            />
            <span>
              <span className={styles.name}>{t(NAMES[each].name)}</span>
              <span className="dim">{t(each === "jsonl" ? SCOPES[what].jsonl : NAMES[each].text)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <Button
        component="a"
        href={exportUrl(what, filter, format)}
        download={fileOf(what, format)}
        leftSection={<Icon name="download" size={13} />}
        onClick={onDone}
      >
        {t("export.download", { file: fileOf(what, format) })}
      </Button>
      <p className={styles.command}>{t("export.command")}</p>
      <Command text={exportCommand(window.location.origin, what, filter, format)} />
    </>
  );
}
