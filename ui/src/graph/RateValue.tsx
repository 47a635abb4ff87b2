import type { Rate } from "@/api/graph";
import { Missing } from "@/components/Value";
import { useWords } from "@/i18n/useWords";

interface Props {
  rate: Rate | null;
  missing: string;
  /** Writes the interval out instead of keeping it for the tooltip. */
  full?: boolean;
}

/** A share with its interval and what it is a share of. */
export function RateValue({ rate, missing, full }: Props) {
  const { t, format } = useWords();
  if (!rate) return <Missing reason={missing} />;
  const interval = t("graph.rate", {
    low: format.percent(rate.low, 0),
    high: format.percent(rate.high, 0),
    n: rate.n,
  });
  return (
    <span className="num" data-tip={full ? undefined : interval}>
      {format.percent(rate.rate)}
      <span className="faint">
        {" "}
        {full ? interval : `${format.percent(rate.low, 0)}–${format.percent(rate.high, 0)}`}
      </span>
    </span>
  );
}
