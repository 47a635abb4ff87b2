import { useMemo } from "react";
import type { Span } from "@/api/types";
import { CopyButton } from "@/components/Copy";
import type { IconName } from "@/components/Icon";
import { useWords } from "@/i18n/useWords";
import { curlOf, itemOf } from "./spanCopies";

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
  return buttons.map(([text, label, icon, tip]) => (
    <CopyButton key={icon} text={text} label={label} icon={icon} tip={tip} />
  ));
}
