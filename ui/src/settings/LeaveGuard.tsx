import { useBlocker } from "@tanstack/react-router";
import { lazy, Suspense } from "react";

const LeaveDialog = lazy(() => import("./LeaveDialog").then((module) => ({ default: module.LeaveDialog })));

interface Props {
  dirty: boolean;
  /** What would be lost. */
  text: string;
  onDiscard: () => void;
}

/** Asks before changes are left behind, by a link as well as by closing the window. */
export function LeaveGuard({ dirty, text, onDiscard }: Props) {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => dirty && current.pathname !== next.pathname,
    enableBeforeUnload: () => dirty,
    withResolver: true,
  });

  function leave() {
    onDiscard();
    proceed?.();
  }

  if (status !== "blocked") return null;
  return (
    <Suspense fallback={null}>
      <LeaveDialog text={text} onLeave={leave} onStay={reset} />
    </Suspense>
  );
}
