import type { TraceFilter } from "@/api/queries";
import { ViewsMenu } from "@/components/ViewsMenu";
import { ExportMenu } from "@/traces/ExportMenu";

/** What can be done with the list as it is filtered; loaded after it. */
export function SpanMenus({ filter }: { filter: TraceFilter }) {
  return (
    <>
      <ExportMenu filter={filter} what="spans" />
      <ViewsMenu page="spans" search={filter} />
    </>
  );
}
