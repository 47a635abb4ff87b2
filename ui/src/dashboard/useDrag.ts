import type { ECharts } from "echarts/core";
import { type RefObject, useEffect, useRef, useState } from "react";

interface Handlers {
  onPick?: (at: number, series: number | undefined) => void;
  onZoom?: (from: number, to: number) => void;
}

interface Marked {
  left: number;
  width: number;
}

const LEAST_DRAG_PX = 6;

/** Tells a click on a chart from a drag across it, and gives what the drag covers while it lasts. */
export function useDrag(
  host: RefObject<HTMLDivElement | null>,
  chart: RefObject<ECharts | null>,
  handlers: Handlers,
): Marked | null {
  const [marked, setMarked] = useState<Marked | null>(null);
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });

  useEffect(() => {
    const element = host.current;
    const instance = chart.current;
    if (!element || !instance) return;
    let from: number | null = null;
    let hit: number | undefined;

    const placeOf = (event: PointerEvent) => event.clientX - element.getBoundingClientRect().left;
    const intervalAt = (x: number) => Math.round(instance.convertFromPixel({ xAxisIndex: 0 }, x));

    function onDown(event: PointerEvent) {
      if (event.button === 0) from = placeOf(event);
    }
    function onMove(event: PointerEvent) {
      if (from === null || !latest.current.onZoom) return;
      const width = Math.abs(placeOf(event) - from);
      setMarked(width < LEAST_DRAG_PX ? null : { left: Math.min(from, placeOf(event)), width });
    }
    function onUp(event: PointerEvent) {
      if (from === null) return;
      const [start, end] = [from, placeOf(event)];
      from = null;
      setMarked(null);
      if (Math.abs(end - start) >= LEAST_DRAG_PX) {
        latest.current.onZoom?.(intervalAt(Math.min(start, end)), intervalAt(Math.max(start, end)));
      }
    }

    // The chart says first which series was hit, if one was; then its canvas says that there was a click.
    instance.on("click", (event) => {
      hit = event.seriesIndex;
    });
    let downAt = 0;
    instance.getZr().on("mousedown", (event) => {
      downAt = event.offsetX;
    });
    instance.getZr().on("click", (event) => {
      const series = hit;
      hit = undefined;
      if (Math.abs(event.offsetX - downAt) >= LEAST_DRAG_PX) return;
      if (!instance.containPixel({ gridIndex: 0 }, [event.offsetX, event.offsetY])) return;
      latest.current.onPick?.(intervalAt(event.offsetX), series);
    });
    element.addEventListener("pointerdown", onDown);
    window.addEventListener("pointermove", onMove);
    window.addEventListener("pointerup", onUp);
    return () => {
      element.removeEventListener("pointerdown", onDown);
      window.removeEventListener("pointermove", onMove);
      window.removeEventListener("pointerup", onUp);
    };
  }, [host, chart]);

  return marked;
}
