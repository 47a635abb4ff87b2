import "./compareTexts";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { comparisonQuery } from "@/api/samples";
import type { Comparison } from "@/api/types";
import { Icon } from "@/components/Icon";
import { OutcomeBadge } from "@/components/Marks";
import { Page } from "@/components/Page";
import { EmptyState, Loaded } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import styles from "./Compare.module.css";
import { CompareBody } from "./CompareBody";
import { useVerdictOf } from "./useVerdictOf";

const ReportButton = lazy(() =>
  import("@/components/ReportButton").then((module) => ({ default: module.ReportButton })),
);

export function ComparePage() {
  const { t } = useWords();
  const { baseline, candidate } = useSearch({ from: "/runs/compare" });
  if (!baseline || !candidate) {
    return (
      <Page title={t("compare.title")} trail={<Link to="/runs">{t("nav.runs")}</Link>}>
        <EmptyState icon="compare" title={t("compare.choose")} text={t("compare.choose.text")}>
          <Link className="link" to="/runs">
            {t("nav.runs")}
          </Link>
        </EmptyState>
      </Page>
    );
  }
  return <Comparing baseline={baseline} candidate={candidate} />;
}

function Comparing({ baseline, candidate }: { baseline: string; candidate: string }) {
  const { t } = useWords();
  const navigate = useNavigate({ from: "/runs/compare" });
  const { metric } = useSearch({ from: "/runs/compare" });
  const query = useQuery(comparisonQuery(baseline, candidate));
  const comparison = query.data;
  return (
    <Page
      fill
      title={t("compare.title")}
      trail={<Link to="/runs">{t("nav.runs")}</Link>}
      heading={comparison && <Heading comparison={comparison} />}
      actions={
        <>
          <Suspense fallback={null}>
            <ReportButton path={`/runs/${candidate}/report.html?with=${baseline}`} />
          </Suspense>
          <Button
            variant="default"
            onClick={() =>
              void navigate({ search: { baseline: candidate, candidate: baseline, metric }, replace: true })
            }
          >
            {t("compare.swap")}
          </Button>
        </>
      }
    >
      <Loaded query={query}>{(loaded) => <CompareBody comparison={loaded} />}</Loaded>
    </Page>
  );
}

function Heading({ comparison }: { comparison: Comparison }) {
  const { t } = useWords();
  const { baseline, candidate } = comparison;
  const verdict = useVerdictOf(comparison);
  const sameName = baseline.release.name === candidate.release.name;
  return (
    <>
      <h1 className="clip row">
        <Link
          className="quiet-link num"
          to="/runs/$runId"
          params={{ runId: baseline.id }}
          data-tip={t("compare.baseline")}
        >
          {baseline.release.name}
          <span className="faint">@{baseline.release.number}</span>
        </Link>
        <span className="faint" role="img" aria-label={t("compare.to")}>
          <Icon name="right" size={12} />
        </span>
        <Link
          className="quiet-link num"
          to="/runs/$runId"
          params={{ runId: candidate.id }}
          data-tip={t("compare.candidate")}
        >
          {!sameName && candidate.release.name}
          <span className={sameName ? "" : "faint"}>@{candidate.release.number}</span>
        </Link>
      </h1>
      <span className={`${styles.dataset} dim`}>
        {candidate.dataset.name}
        <span className="faint num">@{candidate.dataset.number}</span>
      </span>
      {verdict && (
        <Link to="/verdicts/$verdictId" params={{ verdictId: verdict.id }} data-tip={verdict.sentence}>
          <OutcomeBadge outcome={verdict.outcome} filled />
        </Link>
      )}
    </>
  );
}
