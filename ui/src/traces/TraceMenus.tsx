import { useMay } from "@/api/session";
import type { Trace } from "@/api/types";
import { AgainstMenu } from "./AgainstMenu";
import { ReplayButton } from "./ReplayButton";

interface Props {
  trace: Trace;
  against?: string;
}

/** What can be done with a trace; loaded after it. */
export function TraceMenus({ trace, against }: Props) {
  const mayEdit = useMay("editor");
  return (
    <>
      {mayEdit && !against && (
        <ReplayButton filter={{ q: trace.trace_id, run: trace.run || undefined }} traceId={trace.trace_id} />
      )}
      <AgainstMenu trace={trace} against={against} />
    </>
  );
}
