import { useSyncExternalStore } from "react";
import { currentWords, subscribe, type Words } from "./language";

/** The texts and formats of the chosen language; the component renders again when it changes. */
export function useWords(): Words {
  return useSyncExternalStore(subscribe, currentWords);
}
