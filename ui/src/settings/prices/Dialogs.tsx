import type { Price, Prices, Recosting } from "./data";
import type { Draft } from "./draft";
import { PriceDialog } from "./PriceDialog";
import { RecostDialog } from "./RecostDialog";
import { RemoveDialog } from "./RemoveDialog";

export type Dialog =
  | { what: "edit"; start: Draft; edited?: Price }
  | { what: "remove"; price: Price }
  | { what: "recost" };

/** What a dialog did to history, and whether it saved a list before. */
export interface Result {
  recosting: Recosting;
  saved: boolean;
}

interface Props {
  open: Dialog;
  prices: Prices;
  onClose: () => void;
  onDone: (result: Result) => void;
}

/** The dialogs of the page, loaded on demand. */
export function Dialogs({ open, prices, onClose, onDone }: Props) {
  const onSaved = (recosting: Recosting) => onDone({ recosting, saved: true });
  switch (open.what) {
    case "edit":
      return (
        <PriceDialog
          prices={prices}
          start={open.start}
          edited={open.edited}
          onClose={onClose}
          onSaved={onSaved}
        />
      );
    case "remove":
      return <RemoveDialog list={prices.overrides} price={open.price} onClose={onClose} onSaved={onSaved} />;
    case "recost":
      return (
        <RecostDialog
          models={prices.models.length}
          onClose={onClose}
          onDone={(recosting) => onDone({ recosting, saved: false })}
        />
      );
  }
}
