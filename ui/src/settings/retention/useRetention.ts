import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { heldQuery, type Retention } from "@/api/retention";
import { isSame, policyOf, problemsOf, type Typed, typedOf } from "./policy";

const DELAY_MS = 300;

/** The policy as it is typed, and what it would clear of what is held. */
export function useRetention({ policy: held }: Retention) {
  const [own, setOwn] = useState<Typed>();
  const typed = useMemo(() => own ?? typedOf(held), [own, held]);
  const policy = useMemo(() => policyOf(typed), [typed]);
  const [asked] = useDebouncedValue(policy ?? held, DELAY_MS);
  const dirty = own !== undefined && (policy === undefined || !isSame(policy, held));
  return {
    typed,
    policy,
    dirty,
    problems: problemsOf(typed),
    /** What is held by the policy that holds. */
    now: useQuery(heldQuery(held)),
    /** The same by the policy that is typed; nothing while it is not counted yet. */
    preview: useCounted(asked, policy),
    edit: (part: Partial<Typed>) => setOwn({ ...typed, ...part }),
    discard: () => setOwn(undefined),
  };
}

function useCounted(asked: Parameters<typeof heldQuery>[0], policy: typeof asked | undefined) {
  const query = useQuery(heldQuery(asked));
  const isOf = policy !== undefined && isSame(asked, policy) && !query.isPlaceholderData;
  return isOf ? query.data : undefined;
}

export type Edited = ReturnType<typeof useRetention>;
