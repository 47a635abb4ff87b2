import type { Leaderboard, Share } from "@/api/arenas";
import { Scrolling } from "@/components/Scrolling";
import table from "@/components/table.module.css";
import { useWords } from "@/i18n/useWords";

const COLUMNS = [
  "arenas.equal",
  "arenas.kappa",
  "arenas.consistent",
  "arenas.coverage",
  "arenas.first_preferred",
] as const;

/** How far judges say what people say, beside how far people say what each other say. */
export function AgreementTable({ leaderboard }: { leaderboard: Leaderboard }) {
  const { t } = useWords();
  const { boards, among_people: among } = leaderboard;
  const people = boards.find(({ kind }) => kind === "person");
  const judges = boards.filter(({ kind }) => kind === "judge");
  return (
    <Scrolling label={t("arenas.agreement")}>
      <table className={`${table.table} ${table.cards}`}>
        <thead>
          <tr>
            <th scope="col">{t("arenas.judge")}</th>
            {COLUMNS.map((word) => (
              <th scope="col" key={word} className={table.right}>
                {t(word)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {judges.map(({ name, agreement, consistent, coverage }) => (
            <tr key={name}>
              <td>{name}</td>
              <Cell label={t("arenas.equal")} share={agreement?.equal} />
              <Cell label={t("arenas.kappa")} share={agreement?.kappa} plain />
              <Cell label={t("arenas.consistent")} share={consistent} />
              <Cell label={t("arenas.coverage")} share={coverage} />
              <Cell label={t("arenas.first_preferred")} />
            </tr>
          ))}
          {judges.length === 0 && (
            <tr>
              <td colSpan={1 + COLUMNS.length} className="dim">
                {t("arenas.judge.none")}
              </td>
            </tr>
          )}
          <tr>
            <td>{t("arenas.among_people")}</td>
            <Cell label={t("arenas.equal")} share={among} />
            <Cell label={t("arenas.kappa")} />
            <Cell label={t("arenas.consistent")} />
            <Cell label={t("arenas.coverage")} />
            <Cell label={t("arenas.first_preferred")} share={people?.first_preferred} />
          </tr>
        </tbody>
      </table>
    </Scrolling>
  );
}

function Cell({ label, share, plain }: { label: string; share?: Share; plain?: boolean }) {
  const { t, format } = useWords();
  const show = (value: number) => (plain ? value.toFixed(2) : format.percent(value, 0));
  const value = share?.value ?? null;
  if (!share || value === null) {
    return (
      <td data-label={label} className={`${table.right} faint`}>
        –
      </td>
    );
  }
  const { low, high, n } = share;
  const tip =
    low === null || high === null
      ? t("interval.none", { metric: label, n })
      : t("interval.tip", { metric: label, low: show(low), high: show(high), n });
  return (
    <td data-label={label} className={`${table.right} num`}>
      <span data-tip={tip}>
        {show(value)}
        {low !== null && high !== null && (
          <span className="faint">
            {" "}
            {show(low)}–{show(high)}
          </span>
        )}
      </span>
    </td>
  );
}
