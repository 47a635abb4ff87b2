import "./texts";
import type { Standing } from "@/api/calibrations";
import { Badge } from "@/components/Marks";
import { useWords } from "@/i18n/useWords";

const MARKS = {
  calibrated: { tone: "good", shape: "disc" },
  drifted: { tone: "bad", shape: "cross" },
  failed: { tone: "bad", shape: "cross" },
  not_enough_data: { tone: "warn", shape: "half" },
  none: { tone: "plain", shape: "ring" },
} as const;

/** How a judge stands against people. */
export function StandingBadge({ standing }: { standing: Standing }) {
  const { t } = useWords();
  const word = t(`calibration.standing.${standing.state}`);
  return <Badge {...MARKS[standing.state]} word={word} filled={standing.state !== "none"} />;
}
