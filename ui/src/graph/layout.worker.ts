import { type LayoutRequest, layOut } from "./layout";

/** A large graph takes long to lay out: the page stays awake meanwhile. */
self.addEventListener("message", (event: MessageEvent<LayoutRequest>) => {
  self.postMessage(layOut(event.data));
});
