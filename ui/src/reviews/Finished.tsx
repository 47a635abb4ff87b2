import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Queue } from "@/api/reviews";
import { useMay } from "@/api/session";
import { EmptyState } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import { useKeys } from "./useKeys";

interface Props {
  queue: Queue;
  onUndo: () => void;
  onLook: () => void;
}

/** Nothing needs this reviewer now: because all is done, because others are at it, or because nothing is in it. */
export function Finished({ queue, onUndo, onLook }: Props) {
  const { t } = useWords();
  const { items, settled, disputed } = queue.progress;
  const mayDecide = useMay("editor") && disputed > 0;
  useKeys({ u: onUndo });
  if (items === 0) {
    return (
      <EmptyState
        icon="review"
        title={t("reviews.no_items")}
        text={t("reviews.no_items.text")}
        command={`windlass reviews add ${queue.name} --dataset NAME@latest`}
      />
    );
  }
  const all = settled + disputed === items;
  return (
    <EmptyState
      icon="check"
      title={all ? t("reviews.finished") : t("reviews.waiting")}
      text={
        all
          ? t("reviews.finished.text", { n: items, settled, disputed })
          : t("reviews.waiting.text", { n: items - settled - disputed })
      }
    >
      <span className="row wrap">
        {mayDecide && (
          <Link to="/reviews/$queue/$task" params={{ queue: queue.name, task: "decide" }} className="link">
            {t("reviews.decide.n", { n: disputed })}
          </Link>
        )}
        <Link to="/reviews/$queue" params={{ queue: queue.name }} className="link">
          {t("reviews.look")}
        </Link>
        {!all && (
          <Button variant="default" onClick={onLook}>
            {t("reviews.again")}
          </Button>
        )}
      </span>
    </EmptyState>
  );
}
