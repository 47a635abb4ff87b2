import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { roundsQuery } from "@/api/retention";
import type { AuditEntry } from "@/api/types";
import { Section } from "@/components/Page";
import { Loaded } from "@/components/States";
import table from "@/components/table.module.css";
import { When } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import { sayPolicy, sayRows } from "./policy";
import styles from "./Retention.module.css";
import { policyIn, rowsIn } from "./rounds";

/** The rounds that cleared something, from the audit chain. */
export function Rounds() {
  const { t } = useWords();
  const query = useInfiniteQuery(roundsQuery());
  return (
    <Section flush title={t("retention.rounds")}>
      <Loaded query={query} rows={3}>
        {({ pages }) => {
          const entries = pages.flatMap((page) => page.items);
          return entries.length === 0 ? (
            <p className={styles.empty}>{t("retention.rounds.none")}</p>
          ) : (
            <RoundsTable entries={entries} />
          );
        }}
      </Loaded>
      {query.hasNextPage && (
        <div className={styles.more}>
          <Button
            variant="default"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {t("action.more")}
          </Button>
        </div>
      )}
    </Section>
  );
}

function RoundsTable({ entries }: { entries: AuditEntry[] }) {
  const words = useWords();
  const { t } = words;
  return (
    <table className={`${table.table} ${styles.rounds}`}>
      <thead>
        <tr>
          <th>{t("retention.rounds.when")}</th>
          <th>{t("retention.rounds.rows")}</th>
          <th>{t("retention.rounds.policy")}</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => {
          const policy = policyIn(entry.details);
          return (
            <tr key={entry.seq}>
              <td className="dim">
                <When time={entry.time} />
              </td>
              <td>{sayRows(words, rowsIn(entry.details))}</td>
              <td className="dim">{policy && sayPolicy(words, policy)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
