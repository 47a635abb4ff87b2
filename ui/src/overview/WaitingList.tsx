import { Link } from "@tanstack/react-router";
import type { Overview } from "@/api/types";
import { isOutcome, OutcomeBadge } from "@/components/Marks";
import { When } from "@/components/Value";
import styles from "./Overview.module.css";

export function WaitingList({ items }: { items: Overview["waiting"] }) {
  return (
    <ul>
      {items.map((item) => (
        <li key={item.id}>
          <Link className={styles.waiting} to="/verdicts/$verdictId" params={{ verdictId: item.id }}>
            {isOutcome(item.outcome) && <OutcomeBadge outcome={item.outcome} filled />}
            <span className="grow">
              <b className={styles.waitingName}>
                {item.release}@{item.number}
              </b>{" "}
              {item.sentence}
            </span>
            <span className="faint">
              <When time={item.created} />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
