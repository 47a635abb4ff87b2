import "./frontierTexts";
import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useMemo } from "react";
import { type Frontier, type FrontierSearch, frontierQuery, readSearch } from "@/api/frontier";
import { DatasetName } from "@/components/DatasetName";
import { OutcomeBadge } from "@/components/Marks";
import { Page } from "@/components/Page";
import { EmptyState, Loaded } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import { FrontierControls } from "./FrontierControls";
import { FrontierTable } from "./FrontierTable";
import { pointsOf } from "./frontierOption";
import styles from "./Runs.module.css";

const FrontierPlot = lazy(() =>
  import("./FrontierPlot").then((module) => ({ default: module.FrontierPlot })),
);

export function FrontierPage() {
  const { t } = useWords();
  const search = readSearch(useSearch({ from: "/runs/frontier" }));
  if ((search.run?.length ?? 0) < 2) {
    return (
      <Page title={t("frontier.title")} trail={<Link to="/runs">{t("nav.runs")}</Link>}>
        <EmptyState icon="compare" title={t("frontier.choose")} text={t("frontier.choose.text")}>
          <Link className="link" to="/runs">
            {t("nav.runs")}
          </Link>
        </EmptyState>
      </Page>
    );
  }
  return <Comparing search={search} />;
}

function Comparing({ search }: { search: FrontierSearch }) {
  const { t } = useWords();
  const query = useQuery(frontierQuery(search));
  const dataset = query.data?.candidates[0]?.run.dataset;
  return (
    <Page
      title={t("frontier.title")}
      trail={<Link to="/runs">{t("nav.runs")}</Link>}
      heading={
        dataset && (
          <>
            <h1 className="clip">{t("frontier.title")}</h1>
            <span className={styles.dataset}>
              <DatasetName name={dataset.name} number={dataset.number} />
              <span className="faint">
                {" "}
                · {t("frontier.runs", { n: query.data?.candidates.length ?? 0 })}
              </span>
            </span>
          </>
        )
      }
    >
      <Loaded query={query}>{(found) => <Body found={found} />}</Loaded>
    </Page>
  );
}

/** Names runs by their releases, and by themselves where two are of one release. */
export function namesOf({ candidates }: Pick<Frontier, "candidates">): Map<string, string> {
  const digests = candidates.map(({ run }) => run.release.digest);
  return new Map(
    candidates.map(({ run }) => {
      const name = `${run.release.name}@${run.release.number}`;
      const alone = digests.indexOf(run.release.digest) === digests.lastIndexOf(run.release.digest);
      return [run.id, alone ? name : `${name} · ${run.id}`];
    }),
  );
}

function Body({ found }: { found: Frontier }) {
  const { t } = useWords();
  const names = useMemo(() => namesOf(found), [found]);
  const points = useMemo(
    () => pointsOf(found.candidates, found.metric, found.cost, ({ run }) => names.get(run.id) ?? run.id),
    [found, names],
  );
  return (
    <div className={styles.frontier}>
      <FrontierControls found={found} names={names} />
      <p className={styles.sentence}>
        {found.outcome ? (
          <>
            <OutcomeBadge outcome={found.outcome} filled />
            <span>{found.sentence?.replace(/^[^:]+: /, "")}</span>
          </>
        ) : (
          <span className="dim">{t("frontier.margin.none")}</span>
        )}
      </p>
      <div className={styles.plot}>
        <Suspense fallback={null}>
          <FrontierPlot found={found} points={points} />
        </Suspense>
      </div>
      <FrontierTable found={found} names={names} />
    </div>
  );
}
