import "./texts";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { auditQuery, verificationQuery } from "@/api/queries";
import type { AuditEntry } from "@/api/types";
import { Page } from "@/components/Page";
import { EmptyState, ErrorState, SkeletonRows } from "@/components/States";
import { When } from "@/components/Value";
import { VirtualRows } from "@/components/VirtualRows";
import { useWords } from "@/i18n/useWords";
import styles from "./Audit.module.css";
import { EntryPanel } from "./EntryPanel";
import { Verification } from "./Verification";

const ROW = 32;

export function AuditPage() {
  const { t, format } = useWords();
  const navigate = useNavigate({ from: "/audit" });
  const { entry } = useSearch({ from: "/audit" });
  const query = useInfiniteQuery(auditQuery());
  const broken = useQuery(verificationQuery()).data?.problems ?? [];
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const show = (row: AuditEntry | undefined) =>
    void navigate({ search: { entry: row ? String(row.seq) : undefined }, replace: true });
  const open = rows.find((row) => String(row.seq) === entry);
  return (
    <Page fill title={t("nav.audit")}>
      <Verification />
      <div className={styles.body}>
        {query.isError ? (
          <ErrorState error={query.error} retry={() => void query.refetch()} />
        ) : !query.data ? (
          <SkeletonRows rows={12} />
        ) : rows.length === 0 ? (
          <EmptyState
            icon="audit"
            title={t("audit.empty")}
            text={t("audit.empty.text")}
            command="windlass push ."
          />
        ) : (
          <VirtualRows
            rows={rows}
            rowHeight={ROW}
            keyOf={(row) => String(row.seq)}
            label={t("audit.label")}
            selected={entry}
            onSelect={show}
            onEnd={onEnd}
            header={
              <div className={`${styles.row} ${styles.head}`}>
                <span className={styles.seq}>{t("audit.seq")}</span>
                <span>{t("audit.time")}</span>
                <span>{t("audit.principal")}</span>
                <span>{t("audit.action")}</span>
                <span>{t("audit.resource")}</span>
                <span>{t("audit.reason")}</span>
                <span>{t("audit.hash")}</span>
              </div>
            }
            render={(row) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the button inside takes the keys
              // biome-ignore lint/a11y/noStaticElementInteractions: as above
              <div
                className={styles.row}
                data-open={String(row.seq) === entry || undefined}
                data-broken={broken.some((problem) => problem.seq === row.seq) || undefined}
                onClick={() => show(row)}
              >
                <span className={`${styles.seq} num faint`}>{format.integer(row.seq)}</span>
                <span className="dim">
                  <When time={row.time} />
                </span>
                <span className="clip">{row.principal}</span>
                <button type="button" className={`${styles.action} clip`} onClick={() => show(row)}>
                  {row.action}
                </button>
                <span className="clip">{row.resource}</span>
                <span className="clip dim">{row.reason}</span>
                <span className="mono faint">{row.hash.replace(/^sha256:/, "").slice(0, 8)}</span>
              </div>
            )}
          />
        )}
        {open && (
          <EntryPanel
            entry={open}
            problem={broken.find((problem) => problem.seq === open.seq)?.problem}
            onClose={() => show(undefined)}
          />
        )}
      </div>
    </Page>
  );
}
