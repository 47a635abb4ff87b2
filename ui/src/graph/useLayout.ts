import { useEffect, useState } from "react";
import type { Layout, LayoutRequest } from "./layout";

export interface Laid {
  request: LayoutRequest;
  layout: Layout;
}

/** The layout of what was asked for last; the one before stays until it has come. */
export function useLayout(request: LayoutRequest | undefined): { laid: Laid | undefined; failed: boolean } {
  const [laid, setLaid] = useState<Laid>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (!request) return;
    const worker = new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" });
    setFailed(false);
    worker.addEventListener("message", (event: MessageEvent<Layout>) =>
      setLaid({ request, layout: event.data }),
    );
    worker.addEventListener("error", () => setFailed(true));
    worker.postMessage(request);
    return () => worker.terminate();
  }, [request]);
  return { laid, failed };
}
