import "./texts";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { ApiError } from "@/api/client";
import { sqlQuery, sqlTablesQuery } from "@/api/sql";
import { Page } from "@/components/Page";
import { ErrorState, SkeletonRows } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import { ColumnReference } from "./ColumnReference";
import { ExampleList } from "./ExampleList";
import { rememberStatement } from "./pastStatements";
import styles from "./Query.module.css";
import { QueryBar } from "./QueryBar";
import { wrongPlace } from "./refusal";
import type { EditorHandle } from "./SqlEditor";
import { useAsked } from "./useAsked";

const SqlEditor = lazy(() => import("./SqlEditor").then((module) => ({ default: module.SqlEditor })));

const Result = lazy(() => import("./Result").then((module) => ({ default: module.Result })));

const NO_TABLES: never[] = [];

export function QueryPage() {
  const { t } = useWords();
  const tables = useQuery(sqlTablesQuery());
  if (tables.isError) {
    return (
      <Page fill title={t("nav.query")}>
        <ErrorState error={tables.error} retry={() => void tables.refetch()} />
      </Page>
    );
  }
  return <Workbench />;
}

/** A statement, what may be in it, and what it gives. Only what was run is in the address, not what is typed. */
function Workbench() {
  const { t } = useWords();
  const tables = useQuery(sqlTablesQuery()).data?.items ?? NO_TABLES;
  const [asked, ask] = useAsked();
  const [draft, setDraft] = useDraft(asked);
  const editor = useRef<EditorHandle>(null);
  const query = useQuery({ ...sqlQuery(asked ?? ""), enabled: asked !== undefined });
  const { data, isPlaceholderData, isError } = query;

  useEffect(() => {
    if (data && !isPlaceholderData && !isError) rememberStatement(data.sql);
  }, [data, isPlaceholderData, isError]);

  function run(text: string) {
    const sql = text.trim();
    if (!sql || query.isFetching) return;
    setDraft(sql);
    if (sql === asked) void query.refetch();
    else ask(sql);
  }

  const refused = isError && query.error instanceof ApiError && query.error.status === 422;
  const refusal = refused ? query.error.message : undefined;
  const wrongAt = useMemo(
    () => (refusal && asked ? wrongPlace(refusal, asked) : undefined),
    [refusal, asked],
  );

  return (
    <Page fill title={t("nav.query")}>
      <div className={styles.page}>
        <div className={styles.work}>
          <div className={styles.editor} data-wrong={refused || undefined}>
            <Suspense fallback={<pre className={styles.plain}>{draft}</pre>}>
              <SqlEditor
                ref={editor}
                value={draft}
                onChange={setDraft}
                onRun={run}
                tables={tables}
                label={t("query.editor")}
                hint={t("query.editor.hint")}
                wrongAt={wrongAt}
              />
            </Suspense>
          </div>
          {refusal && (
            <p className={styles.refusal} role="alert">
              {refusal}
            </p>
          )}
          <QueryBar
            draft={draft}
            running={query.isFetching}
            onRun={run}
            onTake={(sql) => {
              setDraft(sql);
              editor.current?.focus();
            }}
          />
          {asked === undefined ? (
            <ExampleList onRun={run} />
          ) : query.isError ? (
            !refused && <ErrorState error={query.error} retry={() => void query.refetch()} />
          ) : data ? (
            <Suspense fallback={<SkeletonRows rows={8} />}>
              <Result key={data.sql} result={data} stale={query.isFetching} />
            </Suspense>
          ) : (
            <SkeletonRows rows={8} />
          )}
        </div>
        <ColumnReference tables={tables} onInsert={(name) => editor.current?.insert(name)} />
      </div>
    </Page>
  );
}

/** What stands in the editor: what was run, when that changes, and else what somebody types. */
function useDraft(asked: string | undefined): [string, (draft: string) => void] {
  const [draft, setDraft] = useState(asked ?? "");
  const [followed, setFollowed] = useState(asked);
  if (asked !== followed) {
    setFollowed(asked);
    setDraft(asked ?? "");
  }
  return [draft, setDraft];
}
