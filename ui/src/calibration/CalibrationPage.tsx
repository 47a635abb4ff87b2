import "./texts";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { type Calibration, calibrationsQuery } from "@/api/calibrations";
import { Page } from "@/components/Page";
import { EmptyState, Loaded } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import styles from "./Calibration.module.css";
import { CalibrationBody } from "./CalibrationBody";
import { CalibrationHistory } from "./CalibrationHistory";
import { ScheduleSection } from "./ScheduleSection";
import { StandingBadge } from "./StandingBadge";

/** A judge measured against people: how it stands, one calibration whole, and all there are. */
export function CalibrationPage() {
  const { t } = useWords();
  const { name } = useParams({ from: "/evaluators/$name/calibration" });
  const { calibration: chosen } = useSearch({ from: "/evaluators/$name/calibration" });
  const query = useQuery(calibrationsQuery(name, "latest"));
  return (
    <Page
      title={`${name} · ${t("calibration.title")}`}
      trail={
        <Link to="/evaluators/$name" params={{ name }} className="clip">
          {name}
        </Link>
      }
      heading={
        <>
          <h1 className="clip">{t("calibration.title")}</h1>
          {query.data?.standing && <StandingBadge standing={query.data.standing} />}
        </>
      }
    >
      <Loaded query={query}>
        {({ items, schedule, standing }) => {
          if (items.length === 0) {
            return (
              <EmptyState
                icon="review"
                title={t("calibration.empty")}
                text={t("calibration.empty.text")}
                command={`windlass judges calibrate ${name} --queue QUEUE`}
              />
            );
          }
          return (
            <Calibrations name={name} items={items} chosen={chosen}>
              <ScheduleSection name={name} schedule={schedule} drifted={standing?.state === "drifted"} />
            </Calibrations>
          );
        }}
      </Loaded>
    </Page>
  );
}

interface CalibrationsProps {
  name: string;
  items: Calibration[];
  chosen?: string;
  children: ReactNode;
}

function Calibrations({ name, items, chosen, children }: CalibrationsProps) {
  const { t } = useWords();
  const shown =
    items.find(({ id }) => id === chosen) ?? items.find(({ state }) => state === "finished") ?? items[0];
  return (
    <div className={styles.page}>
      {shown?.content && <CalibrationBody calibration={shown} content={shown.content} all={items} />}
      {shown?.state === "running" && <p className={styles.sentence}>{t("calibration.running")}</p>}
      {shown?.state === "failed" && (
        <p className={styles.sentence}>{t("calibration.failed", { error: shown.error ?? "" })}</p>
      )}
      {children}
      <CalibrationHistory name={name} items={items} shown={shown?.id} />
    </div>
  );
}
