import { useParams } from "@tanstack/react-router";
import { DecidePage } from "./DecidePage";
import { LabelPage } from "./LabelPage";

/** What is done with the items of a queue, one at a time: deciding, or else labelling them. */
export function TaskPage() {
  const { task } = useParams({ from: "/reviews/$queue/$task" });
  return task === "decide" ? <DecidePage /> : <LabelPage />;
}
