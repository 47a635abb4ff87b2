import type { Board } from "@/api/arenas";
import { Scrolling } from "@/components/Scrolling";
import table from "@/components/table.module.css";
import { useWords } from "@/i18n/useWords";
import { rankRange } from "./strengths";

/** Where people and each judge put a release, side by side. */
export function RanksTable({ boards }: { boards: Board[] }) {
  const { t, format } = useWords();
  const [first] = boards;
  return (
    <Scrolling label={t("arenas.ranks")}>
      <table className={`${table.table} ${table.cards}`}>
        <thead>
          <tr>
            <th scope="col">{t("arenas.release")}</th>
            {boards.map((board) => (
              <th scope="col" key={board.name} className={table.right}>
                {nameOf(board, t("arenas.people"))}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {first?.ranking?.players.map(({ name }) => (
            <tr key={name}>
              <td>{name}</td>
              {boards.map((board) => {
                const player = board.ranking?.players.find((each) => each.name === name);
                return (
                  <td
                    key={board.name}
                    data-label={nameOf(board, t("arenas.people"))}
                    className={`${table.right} num`}
                  >
                    {player ? format.integer(player.rank) : "–"}
                    {player && player.best_rank !== player.worst_rank && (
                      <span className="faint"> ({rankRange(player)})</span>
                    )}
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

const nameOf = (board: Board, people: string) => (board.kind === "person" ? people : board.name);
