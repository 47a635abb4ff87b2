import { Link } from "@tanstack/react-router";
import type { ComponentProps } from "react";
import { Cost } from "./Value";

/** What calls cost; where a price is missing it leads to the place that gives one. */
export function CostLink(props: ComponentProps<typeof Cost>) {
  if (!props.unpriced?.length) return <Cost {...props} />;
  return (
    <Link className="quiet-link" to="/settings/prices">
      <Cost {...props} />
    </Link>
  );
}
