import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { Masking } from "@/api/masking";
import { sessionQuery } from "@/api/queries";
import { changesBetween, rebased } from "./changes";
import { unreadyOf } from "./problems";
import { type Draft, draftOf, rulesOf } from "./rules";

interface Editing {
  /** What was there when the first change was made. */
  base: Masking;
  draft: Draft;
}

/** Changes outlive the page: a session may end in between, and begin again with the same person. */
let kept: { owner: string; editing: Editing } | undefined;

function isDirty({ base, draft }: Editing): boolean {
  return unreadyOf(draft).size > 0 || changesBetween(base.rules, rulesOf(draft)).length > 0;
}

/** The rules as they are edited, against those that hold now. */
export function useEditing(now: Masking) {
  const principal = useQuery(sessionQuery()).data?.principal;
  const owner = `${principal?.project}/${principal?.id}`;
  // Of the rules alone: a new count must not make other rows of them.
  const untouched = useMemo(() => draftOf(now.rules), [now.rules]);
  const [own, setOwn] = useState<Editing | undefined>(kept?.owner === owner ? kept.editing : undefined);
  const dirty = own !== undefined && isDirty(own);
  // Without a change nothing is lost when somebody else's rules come in.
  const lasts = own && (dirty || own.base.revision === now.revision);
  const { base, draft } = lasts ? own : { base: now, draft: untouched };

  const changes = useMemo(() => changesBetween(base.rules, rulesOf(draft)), [base.rules, draft]);
  const unready = useMemo(() => unreadyOf(draft), [draft]);

  function keep(editing: Editing | undefined) {
    kept = editing && isDirty(editing) ? { owner, editing } : undefined;
    setOwn(editing);
  }

  return {
    base,
    draft,
    dirty,
    changes,
    unready,
    /** Somebody saved other rules since the first change. */
    stale: dirty && base.revision !== now.revision,
    edit: (part: Partial<Draft>) => keep({ base, draft: { ...draft, ...part } }),
    discard: () => keep(undefined),
    rebase: () => keep({ base: now, draft: draftOf(rebased(base.rules, rulesOf(draft), now.rules)) }),
  };
}

export type Edited = ReturnType<typeof useEditing>;
