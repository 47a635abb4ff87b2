import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { dryRunQuery, type Sample } from "@/api/masking";
import { readyOf, refusalOf } from "./problems";
import type { Edited } from "./useEditing";

const DELAY_MS = 300;
/** With nothing to try, the rules themselves still are: a wrong pattern shows while it is typed. */
const NOTHING: Sample = { text: "" };

/** What the rules as they are edited would do to a sample; asked again whenever one of them changes. */
export function useDryRun({ draft, unready }: Edited, sample: Sample | undefined) {
  const now = useMemo(
    () => ({ sent: readyOf(draft, unready), sample: sample ?? NOTHING }),
    [draft, unready, sample],
  );
  const [asked] = useDebouncedValue(now, DELAY_MS);
  const query = useQuery(dryRunQuery(asked.sent.rules, asked.sample));
  const refusal = refusalOf(query.error, asked.sent);
  return {
    /** Nothing while the rules are refused: what was found before was found by others. */
    result: query.isError ? undefined : query.data,
    sample: asked.sample,
    waiting: query.isPlaceholderData || asked !== now,
    refusal,
    error: refusal ? null : query.error,
  };
}

export type Tried = ReturnType<typeof useDryRun>;
