import { lazy, Suspense } from "react";
import styles from "./Markdown.module.css";
import type { MarkdownProps } from "./RenderedMarkdown";

const RenderedMarkdown = lazy(() =>
  import("./RenderedMarkdown").then((module) => ({ default: module.RenderedMarkdown })),
);

/** Markdown as text and structure; the plain text stands there until the parser has loaded. */
export function Markdown(props: MarkdownProps) {
  return (
    <Suspense fallback={<div className={styles.plain}>{props.text}</div>}>
      <RenderedMarkdown {...props} />
    </Suspense>
  );
}
