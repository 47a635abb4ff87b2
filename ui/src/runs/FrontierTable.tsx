import { Link } from "@tanstack/react-router";
import type { Frontier, FrontierCandidate } from "@/api/frontier";
import { Badge, OutcomeBadge } from "@/components/Marks";
import { Scrolling } from "@/components/Scrolling";
import table from "@/components/table.module.css";
import { Missing } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import { MetricCells } from "./MetricCells";
import { orderMetrics } from "./metrics";
import styles from "./Runs.module.css";

interface Props {
  found: Frontier;
  names: Map<string, string>;
}

/** Every metric of every run with its interval, how it stands, and whether it is good enough. */
export function FrontierTable({ found, names }: Props) {
  const { t } = useWords();
  const all = found.candidates.flatMap(({ run }) => Object.keys(run.metrics));
  const metrics = [...new Set([found.metric, found.cost, ...orderMetrics(all)])];
  const reference = names.get(found.reference) ?? "";
  return (
    <Scrolling label={t("frontier.table")}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">{t("runs.release")}</th>
            <th scope="col">{t("frontier.standing")}</th>
            {found.margin !== null && (
              <>
                <th scope="col">{t("frontier.verdict")}</th>
                <th scope="col" className={table.right}>
                  {t("frontier.against", { release: reference })}
                </th>
              </>
            )}
            {metrics.map((metric) => (
              <th scope="col" key={metric} className={table.right}>
                {metric}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {found.candidates.map((candidate) => (
            <tr key={candidate.run.id} data-cheapest={candidate.run.id === found.cheapest || undefined}>
              <td>
                <Link className="quiet-link" to="/runs/$runId" params={{ runId: candidate.run.id }}>
                  {names.get(candidate.run.id)}
                </Link>
              </td>
              <td>
                <StandingBadge candidate={candidate} names={names} />
              </td>
              {found.margin !== null && <Judged candidate={candidate} found={found} />}
              <MetricCells run={candidate.run} metrics={metrics} />
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolling>
  );
}

function StandingBadge({ candidate, names }: { candidate: FrontierCandidate; names: Map<string, string> }) {
  const { t, format } = useWords();
  const { standing, dominated_by, p_value } = candidate;
  if (standing === "unknown") return <Missing reason={t("frontier.unknown")} />;
  if (standing === "front") return <Badge tone="accent" shape="disc" word={t("frontier.front")} />;
  const certain = standing === "dominated";
  const tip = t(certain ? "frontier.by" : "frontier.by.seen", {
    release: names.get(dominated_by ?? "") ?? "",
    p: p_value === null ? "–" : format.p(p_value),
  });
  return (
    <span data-tip={tip}>
      <Badge
        tone={certain ? "plain" : "warn"}
        shape={certain ? "dash" : "half"}
        word={t(`frontier.${standing}`)}
      />
    </span>
  );
}

function Judged({ candidate, found }: { candidate: FrontierCandidate; found: Frontier }) {
  const { t, format } = useWords();
  const { check, run } = candidate;
  const cheapest = run.id === found.cheapest && (
    <span className={`${table.tag} ${table.live}`}>{t("frontier.cheapest")}</span>
  );
  if (!check) {
    return (
      <>
        <td>
          <span className={styles.judged}>
            <span className="dim">{t("frontier.is_reference")}</span>
            {cheapest}
          </span>
        </td>
        <td className={table.right}>
          <span className="faint">–</span>
        </td>
      </>
    );
  }
  const known = check.difference !== null && check.low !== null && check.high !== null;
  return (
    <>
      <td>
        <span className={styles.judged}>
          <span
            data-tip={
              check.needed_n ? t("frontier.needed", { n: check.needed_n }) : (check.warning ?? undefined)
            }
          >
            <OutcomeBadge outcome={check.outcome} />
          </span>
          {cheapest}
        </span>
      </td>
      <td className={`${table.right} num`}>
        {known ? (
          <>
            {format.difference(found.metric, check.difference ?? 0)}
            <span className="faint">
              {" "}
              ({format.difference(found.metric, check.low ?? 0)} –{" "}
              {format.difference(found.metric, check.high ?? 0)})
            </span>
          </>
        ) : (
          <Missing reason={t("missing.pairs")} />
        )}
      </td>
    </>
  );
}
