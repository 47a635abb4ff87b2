import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type SqlFormat, type SqlResult, sqlFile } from "@/api/sql";
import { downloadUrl } from "@/components/download";
import { Icon } from "@/components/Icon";
import type { TextKey } from "@/i18n/catalogue";
import { useWords } from "@/i18n/useWords";
import styles from "./Query.module.css";

const NAMES = {
  csv: "query.csv",
  jsonl: "export.jsonl",
  parquet: "export.parquet",
} as const satisfies Record<SqlFormat, TextKey>;

/** What came, in how long and whether it is all, in one sentence; and the whole of it as a file. */
export function ResultBar({ result }: { result: SqlResult }) {
  const { t, format } = useWords();
  const file = useMutation({
    mutationFn: (kind: SqlFormat) => sqlFile(result.sql, kind),
    onSuccess: (data, kind) => {
      const url = URL.createObjectURL(data);
      downloadUrl(url, `result.${kind}`);
      URL.revokeObjectURL(url);
    },
  });
  const n = result.rows.length;
  const key = result.cut ? "query.cut" : n === 0 ? "query.none" : "query.rows";
  return (
    <div className={styles.resultBar}>
      <p className="num" aria-live="polite" data-cut={result.cut || undefined}>
        {t(key, { n, took: format.duration(result.seconds) })}
      </p>
      {(["csv", "jsonl", "parquet"] as const).map((kind) => {
        const name = t(NAMES[kind]);
        return (
          <Button
            key={kind}
            variant="default"
            leftSection={<Icon name="download" size={13} />}
            disabled={result.cut}
            loading={file.isPending && file.variables === kind}
            data-tip={result.cut ? t("query.cut.file") : t("query.file", { format: name })}
            onClick={() => file.mutate(kind)}
          >
            {name}
          </Button>
        );
      })}
      {file.error instanceof Error && (
        <p className={styles.refusal} role="alert">
          {file.error.message || t("error.offline")}
        </p>
      )}
    </div>
  );
}
