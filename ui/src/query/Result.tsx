import { lazy, Suspense, useState } from "react";
import type { SqlResult } from "@/api/sql";
import type { CellPlace } from "./CellPanel";
import styles from "./Query.module.css";
import { ResultBar } from "./ResultBar";
import { ResultTable } from "./ResultTable";

const CellPanel = lazy(() => import("./CellPanel").then((module) => ({ default: module.CellPanel })));

export function Result({ result, stale }: { result: SqlResult; stale: boolean }) {
  const [open, setOpen] = useState<CellPlace>();
  return (
    <section className={styles.result} data-stale={stale || undefined}>
      <ResultBar result={result} />
      <div className={styles.body}>
        <ResultTable result={result} open={open} onOpen={setOpen} />
        {open && (
          <Suspense fallback={null}>
            <CellPanel result={result} place={open} onClose={() => setOpen(undefined)} />
          </Suspense>
        )}
      </div>
    </section>
  );
}
