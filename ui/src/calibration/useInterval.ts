import { useWords } from "@/i18n/useWords";

/** Says an interval in hours, in days where it is whole ones. */
export function useInterval(): (hours: number) => string {
  const { t } = useWords();
  return (hours) =>
    hours % 24 === 0
      ? t("calibration.schedule.days", { n: hours / 24 })
      : t("calibration.schedule.hours", { n: hours });
}
