import type { TraceFilter } from "@/api/queries";
import { useMay } from "@/api/session";
import { ViewsMenu } from "@/components/ViewsMenu";
import { DrawMenu } from "@/datasets/DrawMenu";
import { ExportMenu } from "./ExportMenu";
import { ReplayButton } from "./ReplayButton";

/** What can be done with the list as it is filtered; loaded after it. */
export function ListMenus({ filter }: { filter: TraceFilter }) {
  const mayEdit = useMay("editor");
  return (
    <>
      {mayEdit && <DrawMenu filter={filter} />}
      {mayEdit && <ReplayButton filter={filter} />}
      <ExportMenu filter={filter} />
      <ViewsMenu page="traces" search={filter} />
    </>
  );
}
