import type { TraceFilter } from "@/api/queries";
import { ViewsMenu } from "@/components/ViewsMenu";
import { ExportMenu } from "./ExportMenu";

/** What can be done with the list as it is filtered; loaded after it. */
export function ListMenus({ filter }: { filter: TraceFilter }) {
  return (
    <>
      <ExportMenu filter={filter} />
      <ViewsMenu page="traces" search={filter} />
    </>
  );
}
