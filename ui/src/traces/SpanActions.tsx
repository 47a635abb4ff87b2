import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { sessionQuery } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Span } from "@/api/types";
import { CopyButton } from "@/components/Copy";
import { Icon, type IconName } from "@/components/Icon";
import { useWords } from "@/i18n/useWords";
import styles from "./SpanDetail.module.css";
import { curlOf, itemOf, itemWithOrigin } from "./spanCopies";

const AddDialog = lazy(() =>
  import("@/datasets/AddDialog").then((module) => ({ default: module.AddDialog })),
);

interface Props {
  traceId: string;
  span: Span;
}

/** What can be taken from a span: itself, the call that returns it, an item for a dataset. */
export function SpanActions({ traceId, span }: Props) {
  const { t } = useWords();
  const copies = useMemo(
    () => ({
      json: JSON.stringify(span, null, 2),
      curl: curlOf(window.location.origin, traceId, span.span_id),
      item: JSON.stringify(itemOf(traceId, span)),
    }),
    [traceId, span],
  );
  const buttons: [string, string, IconName, string?][] = [
    [copies.json, t("span.copy"), "copy"],
    [copies.curl, t("span.curl"), "terminal"],
    [copies.item, t("span.dataset"), "dataset", t("span.dataset.tip")],
  ];
  return (
    <>
      {buttons.map(([text, label, icon, tip]) => (
        <CopyButton key={icon} text={text} label={label} icon={icon} tip={tip} />
      ))}
      <AddButton traceId={traceId} span={span} />
    </>
  );
}

/** Opens the span as an item, to be corrected and kept in a dataset. */
function AddButton({ traceId, span }: Props) {
  const { t } = useWords();
  const mayEdit = useMay("editor");
  const project = useQuery(sessionQuery()).data?.principal.project ?? "";
  const [open, setOpen] = useState(false);
  if (!mayEdit) return null;
  return (
    <>
      <button
        type="button"
        className={styles.add}
        onClick={() => setOpen(true)}
        aria-label={t("span.add")}
        data-tip={t("span.add")}
      >
        <Icon name="plus" size={14} />
      </button>
      {open && (
        <Suspense fallback={null}>
          <AddDialog item={itemWithOrigin(traceId, span, project)} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
