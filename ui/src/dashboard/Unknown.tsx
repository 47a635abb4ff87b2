import type { Measure } from "@/api/charts";
import { useWords } from "@/i18n/useWords";

interface Props {
  measure: Measure;
  n: number;
  short?: boolean;
}

/** Of how many nothing is known: a sum is without them, and says so. */
export function Unknown({ measure, n, short }: Props) {
  const { t } = useWords();
  const tip = t(measure === "cost_usd" ? "dash.unknown.cost" : "dash.unknown.tokens", { n });
  return (
    <span className="dim" data-tip={tip}>
      {short ? " +" : t("dash.unknown", { n })}
    </span>
  );
}
