import "./formTexts";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { type DatasetVersion, type Item, itemQuery } from "@/api/datasets";
import type { Artifact } from "@/api/types";
import { CopyButton } from "@/components/Copy";
import { Icon } from "@/components/Icon";
import { JsonTree } from "@/components/JsonTree";
import { isDialogOpen, isTyping, Panel } from "@/components/Panel";
import { Loaded } from "@/components/States";
import { LabelTag } from "@/components/Tags";
import { useWords } from "@/i18n/useWords";
import styles from "./Datasets.module.css";
import type { EditedItem } from "./edits";
import { ItemEditor } from "./ItemEditor";
import { ProvenanceView } from "./ProvenanceView";
import { provenanceOf } from "./provenance";
import { ValueView } from "./ValueView";

interface Props {
  dataset: Artifact;
  version: DatasetVersion;
  /** The item as the list has it; one that the list has not loaded is asked for by its id. */
  row: EditedItem | undefined;
  /** None for an item that is being written. */
  id: string | undefined;
  canEdit: boolean;
  onPut: (before: Item | null, item: Item) => void;
  onRemove: (item: Item) => void;
  onUndo: (id: string) => void;
  onClose: () => void;
}

export function ItemPanel(props: Props) {
  const { t } = useWords();
  const { dataset, version, row, id, canEdit, onPut, onRemove, onUndo, onClose } = props;
  const [editing, setEditing] = useState(id === undefined);
  const asked = useQuery({
    ...itemQuery(dataset.name, String(version.version.number), id ?? ""),
    enabled: id !== undefined && row === undefined,
  });
  const state = row?.state ?? "same";
  const item = row?.item ?? asked.data;

  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (isTyping(event) || isDialogOpen() || event.metaKey || event.ctrlKey || event.altKey) return;
      if (event.key !== "e" || !canEdit || state === "removed") return;
      event.preventDefault();
      setEditing(true);
    }
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [canEdit, state]);

  const title = id === undefined ? t("items.new") : id;
  return (
    <Panel
      label={title}
      title={
        <>
          <span className="mono clip">{title}</span>
          {item?.split && <LabelTag label={item.split} />}
          <span className="grow" />
          {item && !editing && <CopyButton text={JSON.stringify(item)} label={t("items.copy")} />}
          {canEdit && item && !editing && state !== "removed" && (
            <Button
              variant="default"
              leftSection={<Icon name="pencil" size={13} />}
              onClick={() => setEditing(true)}
            >
              {t("items.edit")}
            </Button>
          )}
        </>
      }
      onClose={editing && id !== undefined ? () => setEditing(false) : onClose}
    >
      {editing ? (
        id === undefined || item ? (
          <ItemEditor
            dataset={dataset}
            version={version}
            item={item}
            onKeep={(kept) => {
              onPut(item && state !== "added" ? item : null, kept);
              setEditing(false);
            }}
            onRemove={
              item &&
              (() => {
                onRemove(item);
                setEditing(false);
              })
            }
            onCancel={id === undefined ? onClose : () => setEditing(false)}
          />
        ) : null
      ) : row ? (
        <>
          {state !== "same" && (
            <div className={styles.state}>
              <span className="grow">{t(`items.${state}.text`)}</span>
              <Button variant="default" onClick={() => onUndo(row.item.id)}>
                {t("items.undo")}
              </Button>
            </div>
          )}
          <ItemView item={row.item} dataset={dataset.name} version={version.version.number} />
        </>
      ) : (
        <Loaded query={asked}>
          {(loaded) => <ItemView item={loaded} dataset={dataset.name} version={version.version.number} />}
        </Loaded>
      )}
    </Panel>
  );
}

function ItemView({ item, dataset, version }: { item: Item; dataset: string; version: number }) {
  const { t } = useWords();
  const metadata = item.metadata ?? {};
  const trace = metadata.trace_id;
  const release = metadata.release;
  const made = provenanceOf(item);
  return (
    <div className={styles.body}>
      <ValueView title={t("samples.input")} value={item.input} missing={t("items.no_input")} speaker="user" />
      {Array.isArray(item.reference) && item.reference.every((each) => typeof each === "string") ? (
        item.reference.map((each, index) => (
          <ValueView
            // biome-ignore lint/suspicious/noArrayIndexKey: the references of an item never move
            key={index}
            title={t("items.one_reference", { n: index + 1 })}
            value={each}
            missing={t("missing.reference")}
          />
        ))
      ) : (
        <ValueView title={t("samples.reference")} value={item.reference} missing={t("missing.reference")} />
      )}
      {typeof trace === "string" && /^[0-9a-f]{32}$/.test(trace) && (
        <section>
          <h2>{t("items.origin")}</h2>
          <p className={styles.links}>
            <Link
              className="link"
              to="/traces/$traceId"
              params={{ traceId: trace }}
              search={{ span: typeof metadata.span_id === "string" ? metadata.span_id : undefined }}
            >
              {t("sample.trace")}
            </Link>
            {typeof release === "string" && typeof metadata.release_name === "string" && (
              <Link
                className="link"
                to="/releases/$name/$ref"
                params={{ name: metadata.release_name, ref: release }}
              >
                {metadata.release_name}
              </Link>
            )}
          </p>
        </section>
      )}
      {made && <ProvenanceView dataset={dataset} version={version} item={item.id} made={made} />}
      {Object.keys(metadata).length > 0 && (
        <section>
          <h2>
            {t("samples.metadata")}
            <CopyButton text={JSON.stringify(metadata, null, 2)} label={t("copy.text")} />
          </h2>
          <div className={styles.value}>
            <JsonTree value={metadata} open={2} />
          </div>
        </section>
      )}
    </div>
  );
}
