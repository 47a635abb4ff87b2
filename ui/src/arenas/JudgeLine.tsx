import "./judgingTexts";
import { Link } from "@tanstack/react-router";
import type { Board } from "@/api/arenas";
import { StandingBadge } from "@/calibration/StandingBadge";
import styles from "./Arenas.module.css";

/** Which judge a board is of: its version, its models, and how it stands against people. Loaded after the page. */
export function JudgeLine({ judge }: { judge: NonNullable<Board["judge"]> }) {
  const { version, standing } = judge;
  return (
    <span className={styles.judge}>
      <span className="mono">{version.models.join(", ")}</span>
      <Link
        className="link"
        to="/evaluators/$name/calibration"
        params={{ name: version.evaluator }}
        search={{ calibration: standing.calibration ?? undefined }}
      >
        <StandingBadge standing={standing} />
      </Link>
    </span>
  );
}
