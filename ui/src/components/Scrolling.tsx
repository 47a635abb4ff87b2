import { type ReactNode, useEffect, useRef, useState } from "react";
import table from "./table.module.css";

interface Props {
  label: string;
  className?: string;
  children: ReactNode;
}

/** What may be wider than its place scrolls there; while it does, the keyboard reaches it, and only then. */
export function Scrolling({ label, className = "", children }: Props) {
  const box = useRef<HTMLElement>(null);
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() =>
      setScrolls(element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight),
    );
    for (const each of [element, ...element.children]) observer.observe(each);
    return () => observer.disconnect();
  }, []);
  return (
    <section
      ref={box}
      className={`${table.scroll} ${className}`}
      tabIndex={scrolls ? 0 : undefined}
      aria-label={label}
    >
      {children}
    </section>
  );
}
