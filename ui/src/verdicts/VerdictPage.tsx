import "@/runs/compareTexts";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { verdictQuery } from "@/api/queries";
import type { Verdict } from "@/api/types";
import { CopyButton, Digest } from "@/components/Copy";
import { OutcomeBadge } from "@/components/Marks";
import { Page, Section } from "@/components/Page";
import { ReleaseName } from "@/components/ReleaseName";
import { Loaded } from "@/components/States";
import { When } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import { PromoteButton } from "@/releases/PromoteButton";
import { DifferencePlot } from "@/runs/DifferencePlot";
import { rowsOfVerdict } from "@/runs/differences";
import { ChecksTable } from "./ChecksTable";
import { Power } from "./Power";
import { Promotions } from "./Promotions";
import { Slices } from "./Slices";
import styles from "./Verdicts.module.css";
import { WorstItems } from "./WorstItems";

const ReportButton = lazy(() =>
  import("@/components/ReportButton").then((module) => ({ default: module.ReportButton })),
);
const JudgesOfVerdict = lazy(() =>
  import("@/calibration/JudgesOfVerdict").then((module) => ({ default: module.JudgesOfVerdict })),
);
const SignedButton = lazy(() => import("./Signed").then((module) => ({ default: module.SignedButton })));
const SignedBy = lazy(() => import("./Signed").then((module) => ({ default: module.SignedBy })));
const VerdictSequence = lazy(() =>
  import("@/sequential/VerdictSequence").then((module) => ({ default: module.VerdictSequence })),
);

export function VerdictPage() {
  const { t } = useWords();
  const { verdictId } = useParams({ from: "/verdicts/$verdictId" });
  const query = useQuery(verdictQuery(verdictId));
  const verdict = query.data;
  return (
    <Page
      title={t("verdict.title")}
      trail={<Link to="/releases">{t("nav.releases")}</Link>}
      heading={
        <>
          <h1 className="clip">
            {verdict
              ? t("verdict.heading", {
                  candidate: `${verdict.candidate.name}@${verdict.candidate.number}`,
                  baseline: `@${verdict.baseline.number}`,
                })
              : t("verdict.title")}
          </h1>
          {verdict && <OutcomeBadge outcome={verdict.outcome} filled />}
        </>
      }
      actions={
        verdict && (
          <>
            <Suspense fallback={null}>
              <ReportButton path={`/verdicts/${verdict.id}/report.html`} />
              <SignedButton verdict={verdict} />
            </Suspense>
            {verdict.outcome === "pass" && (
              <PromoteButton
                name={verdict.candidate.name}
                number={verdict.candidate.number}
                digest={verdict.candidate.digest}
                verdictId={verdict.id}
              />
            )}
          </>
        )
      }
    >
      <Loaded query={query}>{(loaded) => <VerdictBody verdict={loaded} />}</Loaded>
    </Page>
  );
}

function VerdictBody({ verdict }: { verdict: Verdict }) {
  const { t, format } = useWords();
  const { candidate, baseline, dataset } = verdict;
  return (
    <div className={styles.page}>
      <p className={styles.sentence}>{verdict.sentence}</p>
      <Section
        title={t("verdict.checks")}
        flush
        aside={
          <Link
            className="link"
            to="/runs/compare"
            search={{ baseline: baseline.run, candidate: candidate.run }}
          >
            {t("verdict.compare")}
          </Link>
        }
      >
        <ChecksTable checks={verdict.checks} />
      </Section>
      <Section
        title={t("compare.differences")}
        aside={t("compare.interval", { confidence: format.percent(verdict.rule.confidence, 0) })}
      >
        <DifferencePlot rows={rowsOfVerdict(verdict)} />
      </Section>
      {verdict.sequential && (
        <Suspense fallback={null}>
          <VerdictSequence report={verdict.sequential} />
        </Suspense>
      )}
      {verdict.judges && verdict.judges.length > 0 && (
        <Suspense fallback={null}>
          <JudgesOfVerdict judges={verdict.judges} />
        </Suspense>
      )}
      <Power verdict={verdict} />
      <Slices slices={verdict.slices ?? []} />
      <WorstItems verdict={verdict} />
      <Promotions verdictId={verdict.id} />
      <Section title={t("verdict.evidence")}>
        <dl className={styles.facts}>
          <dt>{t("compare.candidate")}</dt>
          <dd>
            <ReleaseName name={candidate.name} number={candidate.number} />{" "}
            <Digest value={candidate.digest} />
            <Link className="link" to="/runs/$runId" params={{ runId: candidate.run }}>
              {t("verdict.run")}
            </Link>
          </dd>
          <dt>{t("compare.baseline")}</dt>
          <dd>
            <ReleaseName name={baseline.name} number={baseline.number} /> <Digest value={baseline.digest} />
            <Link className="link" to="/runs/$runId" params={{ runId: baseline.run }}>
              {t("verdict.run")}
            </Link>
          </dd>
          <dt>{t("runs.dataset")}</dt>
          <dd>
            {dataset.name}
            <span className="faint">@{dataset.number}</span> <Digest value={dataset.digest} />
          </dd>
          <dt>{t("verdict.decided")}</dt>
          <dd>
            <When time={verdict.created} /> <span className="dim">{verdict.by}</span>
          </dd>
          <dt>{t("verdict.digest")}</dt>
          <dd className="mono">
            {verdict.digest}{" "}
            <CopyButton text={verdict.digest} label={t("copy.digest", { digest: verdict.digest })} />
          </dd>
          <Suspense fallback={null}>
            <SignedBy verdict={verdict} />
          </Suspense>
        </dl>
      </Section>
    </div>
  );
}
