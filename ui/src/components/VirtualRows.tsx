import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import styles from "./VirtualRows.module.css";

interface VirtualRowsProps<T> {
  rows: readonly T[];
  rowHeight: number;
  keyOf: (row: T) => string;
  render: (row: T, index: number) => ReactNode;
  label: string;
  header?: ReactNode;
  /** What stands above the rows and scrolls away with them. */
  lead?: ReactNode;
  /** The row that is open or chosen; arrow keys and j/k move it. */
  selected?: string;
  /** Brings the row with this key into view when it changes. */
  scrollTo?: string;
  onSelect?: (row: T) => void;
  onOpen?: (row: T) => void;
  /** Called when the end comes near; loads the next page. */
  onEnd?: () => void;
  /** Rows measure themselves when their height differs from the estimate. */
  measured?: boolean;
  footer?: ReactNode;
  keys?: (event: KeyboardEvent, row: T | undefined) => boolean;
}

const OVERSCAN = 12;

export function VirtualRows<T>(props: VirtualRowsProps<T>) {
  const { rows, rowHeight, keyOf, render, selected, onSelect, onOpen, onEnd, measured } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const lead = useRef<HTMLDivElement>(null);
  const space = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);

  useLayoutEffect(() => {
    const measure = () => setMargin(space.current?.offsetTop ?? 0);
    measure();
    if (!lead.current) return;
    const observer = new ResizeObserver(measure);
    observer.observe(lead.current);
    return () => observer.disconnect();
  }, []);

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    scrollMargin: margin,
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : keyOf(row);
    },
  });
  const items = virtual.getVirtualItems();
  const last = items[items.length - 1]?.index ?? 0;

  useEffect(() => {
    if (onEnd && rows.length > 0 && last >= rows.length - OVERSCAN) onEnd();
  }, [last, rows.length, onEnd]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls when the wish changes, not when rows arrive
  useEffect(() => {
    const index = props.scrollTo === undefined ? -1 : rows.findIndex((row) => keyOf(row) === props.scrollTo);
    if (index >= 0) virtual.scrollToIndex(index, { align: "start" });
  }, [props.scrollTo]);

  function move(step: number) {
    const at = rows.findIndex((row) => keyOf(row) === selected);
    const next = rows[Math.min(Math.max(at + step, 0), rows.length - 1)];
    if (next === undefined) return;
    onSelect?.(next);
    virtual.scrollToIndex(rows.indexOf(next), { align: "auto" });
  }

  function onKeyDown(event: KeyboardEvent) {
    const current = rows.find((row) => keyOf(row) === selected);
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    if (props.keys?.(event, current)) event.preventDefault();
    else if (event.key === "ArrowDown" || event.key === "j") move(1);
    else if (event.key === "ArrowUp" || event.key === "k") move(-1);
    else if (event.key === "Enter" && current && event.target === scroller.current)
      (onOpen ?? onSelect)?.(current);
    else return;
    event.preventDefault();
  }

  return (
    <section
      ref={scroller}
      className={styles.scroller}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the list itself takes the arrow keys
      tabIndex={0}
      aria-label={props.label}
      onKeyDown={onSelect && onKeyDown}
    >
      {props.lead && (
        <div ref={lead} className={styles.lead}>
          {props.lead}
        </div>
      )}
      {props.header && <div className={styles.header}>{props.header}</div>}
      <div ref={space} className={styles.space} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          return (
            <div
              key={item.key}
              ref={measured ? virtual.measureElement : undefined}
              data-index={item.index}
              className={styles.item}
              style={{
                transform: `translateY(${item.start - margin}px)`,
                height: measured ? undefined : item.size,
              }}
            >
              {render(row, item.index)}
            </div>
          );
        })}
      </div>
      {props.footer}
    </section>
  );
}
