import { useQuery } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";
import { type AgentScores, agentsOfRunQuery } from "@/api/agents";
import type { Run } from "@/api/types";
import { Scrolling } from "@/components/Scrolling";
import { Loaded } from "@/components/States";
import table from "@/components/table.module.css";
import { useWords } from "@/i18n/useWords";
import "./callsTexts";
import { orderMetrics } from "./metrics";
import styles from "./RunAgents.module.css";

/** What each agent did in the run; asked for when it is looked at. */
export function RunAgents({ run }: { run: Run }) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const query = useQuery({ ...agentsOfRunQuery(run.id, run.finished_items), enabled: open });
  const onToggle = (event: SyntheticEvent<HTMLDetailsElement>) => setOpen(event.currentTarget.open);
  return (
    <details className={styles.agents} onToggle={onToggle}>
      <summary>{t("run.agents")}</summary>
      {open && (
        <Loaded query={query}>
          {({ items }) =>
            items.length > 0 ? (
              <AgentTable agents={items} />
            ) : (
              <p className={styles.none}>{t("run.agents.none")}</p>
            )
          }
        </Loaded>
      )}
    </details>
  );
}

/** A row a metric, for there are more of them than agents. */
function AgentTable({ agents }: { agents: AgentScores[] }) {
  const { t, format } = useWords();
  const names = orderMetrics(agents.flatMap((each) => Object.keys(each.metrics)));
  return (
    <Scrolling label={t("run.agents")}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">{t("run.agents.metric")}</th>
            {agents.map(({ agent }) => (
              <th key={agent} scope="col" className={table.right}>
                {agent || t("run.agents.nobody")}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <td>{t("run.agents.items")}</td>
            {agents.map(({ agent, items }) => (
              <td key={agent} className={`${table.right} num`}>
                {format.integer(items)}
              </td>
            ))}
          </tr>
          {names.map((name) => (
            <tr key={name}>
              <td>{name}</td>
              {agents.map(({ agent, metrics }) => (
                <MetricCell key={agent} name={name} metric={metrics[name]} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolling>
  );
}

function MetricCell({ name, metric }: { name: string; metric?: AgentScores["metrics"][string] }) {
  const { format } = useWords();
  if (!metric || metric.mean === null) return <td className={`${table.right} faint`}>–</td>;
  const { mean, low, high, n } = metric;
  return (
    <td className={`${table.right} num`}>
      {format.metric(name, mean)}
      {low !== null && high !== null && (
        <span className={styles.interval}>
          {format.metric(name, low)} – {format.metric(name, high)}
        </span>
      )}
      <span className={styles.interval}>n = {format.integer(n)}</span>
    </td>
  );
}
