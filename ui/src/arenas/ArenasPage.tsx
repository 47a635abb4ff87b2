import "./texts";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type Arena, arenasQuery } from "@/api/arenas";
import { DatasetName } from "@/components/DatasetName";
import { Page } from "@/components/Page";
import { Scrolling } from "@/components/Scrolling";
import { EmptyState, Loaded } from "@/components/States";
import table from "@/components/table.module.css";
import { When } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import styles from "./Arenas.module.css";

/** The arenas: which releases meet in each, and how much was voted. */
export function ArenasPage() {
  const { t } = useWords();
  const query = useQuery(arenasQuery());
  return (
    <Page title={t("nav.arenas")}>
      <Loaded query={query}>
        {({ items }) =>
          items.length > 0 ? (
            <Arenas arenas={items} />
          ) : (
            <EmptyState
              icon="compare"
              title={t("arenas.empty")}
              text={t("arenas.empty.text")}
              command="windlass arena create NAME RUN RUN"
            />
          )
        }
      </Loaded>
    </Page>
  );
}

function Arenas({ arenas }: { arenas: Arena[] }) {
  const { t, format } = useWords();
  return (
    <Scrolling label={t("nav.arenas")} className={styles.list}>
      <table className={`${table.table} ${table.cards}`}>
        <thead>
          <tr>
            <th scope="col">{t("arenas.arena")}</th>
            <th scope="col">{t("arenas.releases")}</th>
            <th scope="col">{t("runs.dataset")}</th>
            {(["arenas.items", "arenas.votes", "arenas.judged", "arenas.created"] as const).map((word) => (
              <th scope="col" key={word} className={table.right}>
                {t(word)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {arenas.map((arena) => (
            <tr key={arena.name} className={table.rowLink}>
              <td>
                <Link to="/arenas/$arena" params={{ arena: arena.name }}>
                  {arena.name}
                </Link>
              </td>
              <td data-label={t("arenas.releases")} className={table.wide}>
                {arena.contestants.map(({ release }) => `${release.name}@${release.number}`).join(", ")}
              </td>
              <td data-label={t("runs.dataset")}>
                <DatasetName name={arena.dataset.name} number={arena.dataset.number} />
              </td>
              <td data-label={t("arenas.items")} className={`${table.right} num`}>
                {format.integer(arena.items)}
              </td>
              <td data-label={t("arenas.votes")} className={`${table.right} num`}>
                {format.integer(arena.votes)}
              </td>
              <td data-label={t("arenas.judged")} className={`${table.right} num`}>
                {format.integer(arena.judgements)}
              </td>
              <td data-label={t("arenas.created")} className={`${table.right} dim`}>
                <When time={arena.created} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolling>
  );
}
