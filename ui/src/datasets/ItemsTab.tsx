import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { type DatasetVersion, itemsQuery } from "@/api/datasets";
import { useMay } from "@/api/session";
import type { Artifact } from "@/api/types";
import { EmptyState, ErrorState, SkeletonRows } from "@/components/States";
import { VirtualRows } from "@/components/VirtualRows";
import { useWords } from "@/i18n/useWords";
import styles from "./Datasets.module.css";
import {
  type EditedItem,
  type Edits,
  editedItems,
  hiddenEdits,
  putItem,
  removeItem,
  undoEdit,
} from "./edits";
import { ItemRow, ItemsHead } from "./ItemRow";
import { ItemsBar } from "./ItemsBar";

const ItemPanel = lazy(() => import("./ItemPanel").then((module) => ({ default: module.ItemPanel })));

interface Props {
  dataset: Artifact;
  version: DatasetVersion;
  edits: Edits;
  onEdits: (edits: Edits) => void;
}

const ROW = 32;
/** The place of an item that is being written and has no id yet. */
const NEW = " new";
const MADE = ["model", "approved", "unapproved"] as const;

export function ItemsTab({ dataset, version, edits, onEdits }: Props) {
  const { t } = useWords();
  const navigate = useNavigate({ from: "/datasets/$name" });
  const { q, split, made, item: openId } = useSearch({ from: "/datasets/$name" });
  const ref = String(version.version.number);
  const chosen = useMemo(
    () => ({ q, split: split === "-" ? "" : split, made: MADE.find((each) => each === made) }),
    [q, split, made],
  );
  const query = useInfiniteQuery(itemsQuery(dataset.name, ref, chosen));
  const { hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query;
  const items = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const isNewest = dataset.labels.latest === version.version.digest;
  const mayEdit = useMay("editor");
  const rows = useMemo(() => editedItems(items, isNewest ? edits : new Map()), [items, edits, isNewest]);
  const [writing, setWriting] = useState(false);

  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const show = (id: string | undefined) =>
    void navigate({ search: (before) => ({ ...before, item: id }), replace: true });

  const hasSplits = Object.keys(version.splits).some(Boolean);
  const matches = query.data?.pages[0]?.matches ?? null;
  const note = query.isError ? (
    <ErrorState error={query.error} retry={() => void refetch()} />
  ) : !query.data ? (
    <SkeletonRows />
  ) : rows.length === 0 ? (
    <EmptyState icon="search" title={t("items.none")} text={t("items.none.text")} />
  ) : undefined;
  const open = rows.find(({ item }) => item.id === openId);
  return (
    <>
      <ItemsBar
        version={version}
        matches={matches}
        hidden={isNewest ? hiddenEdits(items, edits) : edits.size}
        canAdd={mayEdit && isNewest}
        onAdd={() => {
          setWriting(true);
          show(NEW);
        }}
      />
      <div className={`${styles.items} ${hasSplits ? styles.split : ""}`}>
        <VirtualRows
          rows={rows}
          rowHeight={ROW}
          keyOf={({ item }: EditedItem) => item.id}
          label={t("items.label")}
          selected={openId}
          onSelect={({ item }) => show(item.id)}
          onEnd={onEnd}
          header={!note && <ItemsHead hasSplits={hasSplits} />}
          footer={note}
          render={(row) => (
            <ItemRow
              row={row}
              open={row.item.id === openId}
              hasSplits={hasSplits}
              onOpen={() => show(row.item.id)}
            />
          )}
        />
        {openId && (open || openId !== NEW || writing) && (
          <Suspense fallback={null}>
            <ItemPanel
              key={openId}
              dataset={dataset}
              version={version}
              row={open}
              id={openId === NEW ? undefined : openId}
              canEdit={mayEdit && isNewest}
              onPut={(before, item) => {
                onEdits(putItem(edits, before, item));
                setWriting(false);
                show(item.id);
              }}
              onRemove={(item) => {
                onEdits(removeItem(edits, item));
                if (open?.state === "added") show(undefined);
              }}
              onUndo={(id) => {
                onEdits(undoEdit(edits, id));
                if (open?.state === "added") show(undefined);
              }}
              onClose={() => {
                setWriting(false);
                show(undefined);
              }}
            />
          </Suspense>
        )}
      </div>
    </>
  );
}
