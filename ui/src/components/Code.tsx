import { lazy, Suspense } from "react";
import styles from "./Code.module.css";
import type { CodeProps } from "./CodeEditor";
import type { DiffProps } from "./DiffEditor";

const CodeEditor = lazy(() => import("./CodeEditor").then((module) => ({ default: module.CodeEditor })));
const DiffEditor = lazy(() => import("./DiffEditor").then((module) => ({ default: module.DiffEditor })));

/** Text in an editor; the plain text stands there until the editor has loaded. */
export function Code(props: CodeProps) {
  return (
    <div className={styles.code}>
      <Suspense fallback={<pre className={styles.plain}>{props.text}</pre>}>
        <CodeEditor {...props} />
      </Suspense>
    </div>
  );
}

export function TextDiff(props: DiffProps) {
  return (
    <div className={styles.code}>
      <Suspense fallback={<pre className={styles.plain}>{props.after}</pre>}>
        <DiffEditor {...props} />
      </Suspense>
    </div>
  );
}
