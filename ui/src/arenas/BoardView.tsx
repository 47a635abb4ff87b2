import type { Board, RankedPlayer, Ranking } from "@/api/arenas";
import { useWords } from "@/i18n/useWords";
import { reasonWord } from "@/runs/reasons";
import styles from "./Arenas.module.css";
import { type Axis, axisOf, placeOn, rankRange, signed } from "./strengths";

/** A leaderboard: strengths with their intervals on the axis that all boards share. */
export function BoardView({ board, boards }: { board: Board; boards: Board[] }) {
  const { t, format } = useWords();
  const axis = axisOf(boards);
  const { ranking } = board;
  if (!ranking) return null;
  const missing = Object.entries(board.missing_why);
  return (
    <>
      <Note ranking={ranking} />
      <table className={styles.board}>
        <thead>
          <tr>
            <th scope="col">{t("arenas.rank")}</th>
            <th scope="col">{t("arenas.release")}</th>
            <th scope="col" className={styles.plot}>
              {t("arenas.strength")}
            </th>
            <th scope="col" data-number data-tip={t("arenas.rank_range.tip")}>
              {t("arenas.may_be")}
            </th>
            <th scope="col" data-number data-tip={t("arenas.win_rate.tip")}>
              {t("arenas.win_rate")}
            </th>
            <th scope="col" data-number>
              {t("arenas.battles")}
            </th>
            <th scope="col" data-number>
              {t("arenas.record")}
            </th>
          </tr>
        </thead>
        <tbody>
          {ranking.players.map((player) => (
            <PlayerRow key={player.name} player={player} axis={axis} />
          ))}
        </tbody>
        <tfoot aria-hidden="true">
          <tr>
            <td colSpan={2} />
            <td>
              <div className={`${styles.ticks} num`}>
                {axis.ticks.map((tick) => (
                  <span key={tick} style={{ left: placeOn(axis, tick) }}>
                    {signed(tick, 1)}
                  </span>
                ))}
              </div>
            </td>
            <td colSpan={4} />
          </tr>
        </tfoot>
      </table>
      <p className={styles.remark}>
        {t("arenas.tried", { n: board.verdicts, ties: board.ties, bad: board.both_bad })}
        {board.same > 0 && ` · ${t("arenas.same", { n: board.same })}`}
        {missing.length > 0 &&
          ` · ${t("arenas.missing", {
            reasons: missing.map(([why, n]) => `${format.integer(n)} ${reasonWord(t, why)}`).join(", "),
          })}`}
        {` · ${t("arenas.strength.text")}`}
      </p>
    </>
  );
}

/** What keeps the strengths from being the data's alone, or the intervals away. */
function Note({ ranking }: { ranking: Ranking }) {
  const { t } = useWords();
  const { prior, prior_names: names, few_clusters: few, clusters } = ranking;
  if (prior === "none" && !few) return null;
  return (
    <p className={styles.note}>
      {prior !== "none" && t(`arenas.note.${prior}`, { names: names.join(", ") })}{" "}
      {few && t("arenas.note.few", { n: clusters })}
    </p>
  );
}

function PlayerRow({ player, axis }: { player: RankedPlayer; axis: Axis }) {
  const { t, format } = useWords();
  const { strength, low, high } = player;
  const bound = (value: number | null) => (value === null ? t("arenas.boundless") : signed(value));
  const known = low !== null || high !== null;
  return (
    <tr>
      <td className="num">{format.integer(player.rank)}</td>
      <td className={styles.release}>{player.name}</td>
      <td>
        <div className={styles.strength}>
          <div className={styles.track} aria-hidden="true">
            <span className={styles.zero} style={{ left: placeOn(axis, 0) }} />
            {known && (
              <span
                className={styles.range}
                style={{
                  left: low === null ? 0 : placeOn(axis, low),
                  right: high === null ? 0 : `calc(100% - ${placeOn(axis, high)})`,
                }}
              />
            )}
            <span className={styles.point} style={{ left: placeOn(axis, strength) }} />
          </div>
          <span className={`${styles.figures} num`}>
            {signed(strength)}
            {known && (
              <span className="faint">
                {" "}
                {bound(low)} … {bound(high)}
              </span>
            )}
          </span>
        </div>
      </td>
      <td data-number data-label={t("arenas.may_be")} className="num">
        {rankRange(player)}
      </td>
      <td data-number data-label={t("arenas.win_rate")} className="num">
        {format.percent(player.win_rate, 0)}
      </td>
      <td data-number data-label={t("arenas.battles")} className="num">
        {format.integer(player.battles)}
      </td>
      <td data-number data-label={t("arenas.record")} className="num">
        {player.wins} · {player.losses} · {player.ties}
      </td>
    </tr>
  );
}
