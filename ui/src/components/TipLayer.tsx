import { useEffect, useRef, useState } from "react";
import styles from "./TipLayer.module.css";

interface Tip {
  text: string;
  x: number;
  y: number;
  below: boolean;
}

const DELAY_MS = 250;
const ID = "tip";

/**
 * One tooltip for the whole page: any element with `data-tip` gets it on hover and on keyboard focus.
 * A list of thousands of rows then carries plain attributes instead of thousands of listeners.
 */
export function TipLayer() {
  const [tip, setTip] = useState<Tip | null>(null);
  const owner = useRef<Element | null>(null);

  useEffect(() => {
    let timer = 0;

    function hide() {
      window.clearTimeout(timer);
      owner.current?.removeAttribute("aria-describedby");
      owner.current = null;
      setTip(null);
    }

    function offer(event: Event, delay: number) {
      const target = event.target instanceof Element ? event.target.closest("[data-tip]") : null;
      if (target === owner.current) return;
      hide();
      if (!target) return;
      owner.current = target;
      timer = window.setTimeout(() => {
        const text = target.getAttribute("data-tip");
        if (!text || !target.isConnected) return;
        const box = target.getBoundingClientRect();
        const below = box.top < 64;
        const x = Math.min(Math.max(box.left + box.width / 2, 90), window.innerWidth - 90);
        target.setAttribute("aria-describedby", ID);
        setTip({ text, x, y: below ? box.bottom + 6 : box.top - 6, below });
      }, delay);
    }

    const onOver = (event: Event) => offer(event, DELAY_MS);
    const onFocus = (event: Event) => {
      if (event.target instanceof Element && event.target.matches(":focus-visible")) offer(event, 0);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape") hide();
    };
    document.addEventListener("pointerover", onOver);
    document.addEventListener("focusin", onFocus);
    document.addEventListener("focusout", hide);
    document.addEventListener("pointerdown", hide);
    document.addEventListener("keydown", onKey);
    window.addEventListener("scroll", hide, true);
    return () => {
      hide();
      document.removeEventListener("pointerover", onOver);
      document.removeEventListener("focusin", onFocus);
      document.removeEventListener("focusout", hide);
      document.removeEventListener("pointerdown", hide);
      document.removeEventListener("keydown", onKey);
      window.removeEventListener("scroll", hide, true);
    };
  }, []);

  if (!tip) return null;
  return (
    <div
      id={ID}
      role="tooltip"
      className={styles.tip}
      data-below={tip.below || undefined}
      style={{ left: tip.x, top: tip.y }}
    >
      {tip.text}
    </div>
  );
}
