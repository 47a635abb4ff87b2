import type { Ranking } from "@/api/arenas";
import { Scrolling } from "@/components/Scrolling";
import table from "@/components/table.module.css";
import { useWords } from "@/i18n/useWords";
import styles from "./Arenas.module.css";

interface Met {
  expected: number;
  wins: number;
  losses: number;
  ties: number;
}

/** What each release may expect against each other one; darker is more. */
export function WinMatrix({ ranking }: { ranking: Ranking }) {
  const { t, format } = useWords();
  const names = ranking.players.map(({ name }) => name);
  const met = new Map<string, Met>();
  for (const { first, second, expected, wins, losses, ties } of ranking.pairs) {
    met.set(`${first}\n${second}`, { expected, wins, losses, ties });
    met.set(`${second}\n${first}`, { expected: 1 - expected, wins: losses, losses: wins, ties });
  }
  return (
    <Scrolling label={t("arenas.matrix")}>
      <table className={`${table.table} ${styles.matrix}`}>
        <thead>
          <tr>
            <td />
            {names.map((name) => (
              <th scope="col" key={name} className={table.right}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.map((row) => (
            <tr key={row}>
              <th scope="row">{row}</th>
              {names.map((column) => {
                const found = met.get(`${row}\n${column}`);
                if (!found) {
                  return (
                    <td key={column} className={`${table.right} faint`}>
                      –
                    </td>
                  );
                }
                const { expected, ...record } = found;
                return (
                  <td
                    key={column}
                    className={`${table.right} ${styles.rate} num`}
                    style={{ "--share": `${Math.round(expected * 30)}%` } as React.CSSProperties}
                    data-tip={t("arenas.matrix.tip", { row, column, ...record })}
                  >
                    {format.percent(expected, 0)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolling>
  );
}
