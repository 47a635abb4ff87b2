import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { type AnchorSchedule, calibrationsQuery, deleteSchedule } from "@/api/calibrations";
import { useMay } from "@/api/session";
import { Section } from "@/components/Page";
import { Problem } from "@/components/Problem";
import { When } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import styles from "./Calibration.module.css";
import { useInterval } from "./useInterval";

const ScheduleDialog = lazy(() =>
  import("./ScheduleDialog").then((module) => ({ default: module.ScheduleDialog })),
);

interface Props {
  name: string;
  schedule: AnchorSchedule | null;
  drifted: boolean;
}

/** Whether the server judges the anchors again by itself, when next, and what keeps it from it. */
export function ScheduleSection({ name, schedule, drifted }: Props) {
  const { t } = useWords();
  const client = useQueryClient();
  const mayEdit = useMay("editor");
  const [open, setOpen] = useState(false);
  const off = useMutation({
    mutationFn: () => deleteSchedule(name),
    onSettled: () => void client.invalidateQueries({ queryKey: calibrationsQuery(name, "latest").queryKey }),
  });
  return (
    <Section title={t("calibration.schedule")}>
      <div className={styles.schedule}>
        <div>
          {schedule ? <Said schedule={schedule} /> : <p className="dim">{t("calibration.schedule.none")}</p>}
          {schedule && drifted && <p className={styles.attention}>{t("calibration.schedule.drifted")}</p>}
          {schedule?.error && (
            <p className={styles.attention}>{t("calibration.schedule.failed", { error: schedule.error })}</p>
          )}
          <Problem error={off.error} />
        </div>
        {mayEdit && (
          <div className={styles.actions}>
            <Button variant="default" onClick={() => setOpen(true)}>
              {t(schedule ? "calibration.schedule.change" : "calibration.schedule.on")}
            </Button>
            {schedule && (
              <Button variant="default" loading={off.isPending} onClick={() => off.mutate()}>
                {t("calibration.schedule.off")}
              </Button>
            )}
          </div>
        )}
      </div>
      {open && (
        <Suspense fallback={null}>
          <ScheduleDialog name={name} schedule={schedule} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </Section>
  );
}

function Said({ schedule }: { schedule: AnchorSchedule }) {
  const { t, format } = useWords();
  const every = useInterval();
  const { evaluator, ref, max_cost_usd: cost, max_tokens: tokens } = schedule;
  const most = [
    cost !== null && cost !== undefined && format.cost(cost),
    tokens && t("calibration.schedule.tokens.n", { n: tokens }),
  ].filter(Boolean);
  return (
    <p>
      {t("calibration.schedule.says", {
        judge: `${evaluator}@${ref}`,
        every: every(schedule.every_hours),
        most: most.join(" · "),
      })}{" "}
      <span className="dim">
        {t("calibration.schedule.next")} <When time={schedule.due} />
      </span>
    </p>
  );
}
