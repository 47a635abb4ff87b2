import { Link } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import type { Calibration, CalibrationContent } from "@/api/calibrations";
import { OutcomeBadge } from "@/components/Marks";
import { Section } from "@/components/Page";
import { When } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import { AgreementPlot } from "./AgreementPlot";
import { BiasTable } from "./BiasTable";
import { BoundsTable } from "./BoundsTable";
import styles from "./Calibration.module.css";
import { ConfusionTable } from "./ConfusionTable";
import { useFigure } from "./useFigure";

const AnchorDrift = lazy(() => import("./AnchorDrift").then((module) => ({ default: module.AnchorDrift })));

interface Props {
  calibration: Calibration;
  content: CalibrationContent;
  all: Calibration[];
}

/** One calibration: what came of it first, and then on what grounds. */
export function CalibrationBody({ calibration, content, all }: Props) {
  const { t } = useWords();
  const { result } = content;
  const root = calibration.anchor ?? calibration.id;
  const watches = all.filter(({ id, anchor, content: there }) => there && (id === root || anchor === root));
  return (
    <>
      <div className={styles.outcome}>
        {calibration.outcome && <OutcomeBadge outcome={calibration.outcome} filled />}
        <p className={styles.sentence}>{result.sentence}</p>
      </div>
      <Facts calibration={calibration} content={content} />
      {result.warnings.map((warning) => (
        <p key={warning} className={styles.warning}>
          {warning}
        </p>
      ))}
      <Section title={t("calibration.agreement")} aside={<Pairs content={content} />}>
        <AgreementPlot result={result} />
      </Section>
      <div className={styles.halves}>
        <Section title={t("calibration.confusion")}>
          <ConfusionTable agreement={result.agreement} />
        </Section>
        <Section title={t("calibration.bias")} flush>
          <BiasTable result={result} />
        </Section>
      </div>
      {result.checks.length > 0 && (
        <Section title={t("calibration.bounds")} flush>
          <BoundsTable checks={result.checks} />
        </Section>
      )}
      {watches.length > 1 && (
        <Suspense>
          <AnchorDrift watches={watches} />
        </Suspense>
      )}
    </>
  );
}

function Facts({ calibration, content }: Omit<Props, "all">) {
  const { t } = useWords();
  const { judge, data, result } = content;
  const facts = [
    t("calibration.items", { n: result.items }),
    result.unsettled > 0 && t("calibration.unsettled", { n: result.unsettled }),
    content.without_answer > 0 && t("calibration.without_answer", { n: content.without_answer }),
  ].filter(Boolean);
  return (
    <p className={`${styles.facts} dim`}>
      <span>
        {judge.evaluator}
        {judge.number !== null && <span className="faint num">@{judge.number}</span>}{" "}
        {judge.models.length > 0 && <span className="faint">({judge.models.join(", ")})</span>}
      </span>
      <DataName data={data} />
      <span>{facts.join(" · ")}</span>
      <span>
        {calibration.by} · <When time={calibration.finished ?? calibration.created} />
      </span>
    </p>
  );
}

function DataName({ data }: Pick<CalibrationContent, "data">) {
  const labels = <span className="faint"> ({data.labels.join(", ")})</span>;
  if (data.kind === "queue") {
    return (
      <span>
        <Link className="link" to="/reviews/$queue" params={{ queue: data.name }}>
          {data.name}
        </Link>
        {labels}
      </span>
    );
  }
  if (data.kind === "run") {
    return (
      <span>
        <Link className="link" to="/runs/$runId" params={{ runId: data.name }}>
          {data.name}
        </Link>
        {labels}
      </span>
    );
  }
  return (
    <span>
      <Link
        className="link"
        to="/datasets/$name"
        params={{ name: data.name }}
        search={{ version: String(data.number ?? "latest") }}
      >
        {data.name}
        {data.number !== null && <span className="num">@{data.number}</span>}
      </Link>
      {labels}
    </span>
  );
}

/** How far any two people agree, in a line. */
function Pairs({ content }: Pick<Props, "content">) {
  const { t } = useWords();
  const { number, value } = useFigure();
  const { people } = content.result;
  if (!people) return <span className="faint">{t("calibration.people.none")}</span>;
  const kappas = people.pairs.flatMap(({ kappa }) => (kappa.value === null ? [] : [kappa.value]));
  if (kappas.length === 0) return null;
  const ends = { low: number(Math.min(...kappas)), high: number(Math.max(...kappas)) };
  return (
    <span className="dim">{t("calibration.people.pairs", { ...ends, alpha: value(people.alpha) })}</span>
  );
}
