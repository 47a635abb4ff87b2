import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { AuditEntry } from "@/api/types";
import { Scrolling } from "@/components/Scrolling";
import { ErrorState, SkeletonRows } from "@/components/States";
import table from "@/components/table.module.css";
import { Missing, When } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import { rowsOf } from "./counts";
import { receiptsQuery } from "./data";
import styles from "./Erasure.module.css";
import { KINDS } from "./subject";

/** What was erased so far, as the audit chain has it. */
export function Receipts() {
  const { t } = useWords();
  const query = useInfiniteQuery(receiptsQuery());
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <SkeletonRows rows={3} />;
  const entries = query.data.pages.flatMap((page) => page.items);
  if (entries.length === 0) return <p className={`${styles.text} dim`}>{t("erasure.past.none")}</p>;
  return (
    <Scrolling label={t("erasure.past")} className={styles.sheet}>
      <table className={`${table.table} ${table.cards}`}>
        <thead>
          <tr>
            <th scope="col">{t("erasure.when")}</th>
            <th scope="col">{t("erasure.what")}</th>
            <th scope="col" className={table.right}>
              {t("erasure.traces")}
            </th>
            <th scope="col" className={table.right}>
              {t("erasure.rows")}
            </th>
            <th scope="col">{t("erasure.by")}</th>
            <th scope="col" className={table.wide}>
              {t("erasure.reason")}
            </th>
            <th scope="col" className={table.right}>
              {t("erasure.entry")}
            </th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <Row key={entry.seq} entry={entry} />
          ))}
        </tbody>
      </table>
      {query.hasNextPage && (
        <div className={styles.more}>
          <Button
            variant="default"
            onClick={() => void query.fetchNextPage()}
            loading={query.isFetchingNextPage}
          >
            {t("action.more")}
          </Button>
        </div>
      )}
    </Scrolling>
  );
}

function Row({ entry }: { entry: AuditEntry }) {
  const { t, format } = useWords();
  const { details } = entry;
  const kind = KINDS.find((each) => each === details.kind);
  return (
    <tr>
      <td className="dim">
        <When time={entry.time} />
      </td>
      <td data-label={t("erasure.what")}>{kind ? t(`erasure.kind.${kind}`) : entry.resource}</td>
      <td className={`${table.right} num`} data-label={t("erasure.traces")}>
        {typeof details.traces === "number" ? (
          format.integer(details.traces)
        ) : (
          <Missing reason={t("missing.time")} />
        )}
      </td>
      <td className={`${table.right} num`} data-label={t("erasure.rows")}>
        {format.integer(rowsOf(details))}
      </td>
      <td data-label={t("erasure.by")}>{entry.principal}</td>
      <td
        className={`${table.wide} dim`}
        data-label={t("erasure.reason")}
        data-tip={entry.reason || undefined}
      >
        {entry.reason}
      </td>
      <td className={`${table.right} num`} data-label={t("erasure.entry")}>
        <Link
          className="link"
          to="/audit"
          search={{ entry: String(entry.seq) }}
          aria-label={t("erasure.open", { seq: entry.seq })}
        >
          {format.integer(entry.seq)}
        </Link>
      </td>
    </tr>
  );
}
