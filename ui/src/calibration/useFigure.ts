import type { Figure } from "@/api/calibrations";
import { useWords } from "@/i18n/useWords";

/** Figures as they are written on this page: to three digits, with a true minus sign. */
export function useFigure() {
  const { t, format } = useWords();
  const number = (value: number) => format.metric("score", value).replace("-", "−");
  return {
    number,
    value: ({ value }: Figure) => (value === null ? "–" : number(value)),
    interval: ({ low, high }: Figure) =>
      low === null || high === null ? "–" : `${number(low)} … ${number(high)}`,
    tip: ({ low, high, n }: Figure) =>
      low === null || high === null
        ? t("calibration.interval.none", { n })
        : t("calibration.interval", { low: number(low), high: number(high), n }),
  };
}
