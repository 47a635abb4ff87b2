import { useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { versionQuery } from "@/api/queries";
import type { Artifact } from "@/api/types";
import { Digest } from "@/components/Copy";
import { Scrolling } from "@/components/Scrolling";
import { LabelTag } from "@/components/Tags";
import table from "@/components/table.module.css";
import { NumberValue, When } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import styles from "./Datasets.module.css";

const COUNTED = 30;

/** Every version: who made it when and why, how large it is, and what it changed. */
export function HistoryTab({ dataset }: { dataset: Artifact }) {
  const { t, format } = useWords();
  // The newest ones say how large they are; of hundreds of old ones nobody asks.
  const bodies = useQueries({
    queries: dataset.versions
      .slice(0, COUNTED)
      .map(({ digest }) => versionQuery("dataset", dataset.name, digest)),
  });
  const labels = (digest: string) =>
    Object.entries(dataset.labels)
      .filter(([, named]) => named === digest)
      .map(([label]) => label);
  return (
    <div className={styles.scrolled}>
      <div className={styles.list}>
        <Scrolling label={t("datasets.history")}>
          <table className={`${table.table} ${table.cards}`}>
            <thead>
              <tr>
                <th scope="col">{t("datasets.version")}</th>
                <th scope="col">{t("datasets.why")}</th>
                <th scope="col" className={table.right}>
                  {t("datasets.items")}
                </th>
                <th scope="col">{t("datasets.by")}</th>
                <th scope="col" className={table.right}>
                  {t("datasets.when")}
                </th>
                <th scope="col">
                  <span className="visually-hidden">{t("datasets.changes")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {dataset.versions.map((version, index) => {
                const before = dataset.versions[index + 1];
                const count = bodies[index]?.data?.body.count;
                return (
                  <tr key={version.digest}>
                    <td>
                      <span className="row">
                        <Link
                          className="quiet-link num"
                          to="/datasets/$name"
                          params={{ name: dataset.name }}
                          search={{ version: String(version.number) }}
                        >
                          <b className={styles.name}>@{version.number}</b>
                        </Link>
                        <Digest value={version.digest} />
                        {labels(version.digest).map((label) => (
                          <LabelTag key={label} label={label} />
                        ))}
                      </span>
                    </td>
                    <td className={table.wide} data-label={t("datasets.why")}>
                      <span>
                        {version.message || <span className="faint">{t("datasets.no_reason")}</span>}
                      </span>
                    </td>
                    <td className={table.right} data-label={t("datasets.items")}>
                      <NumberValue
                        value={typeof count === "number" ? count : null}
                        missing={t("datasets.uncounted")}
                        show={format.integer}
                      />
                    </td>
                    <td className="dim" data-label={t("datasets.by")}>
                      <span>{version.author}</span>
                    </td>
                    <td className={`${table.right} dim`} data-label={t("datasets.when")}>
                      <When time={version.created} />
                    </td>
                    <td>
                      {before && (
                        <Link
                          className="link"
                          to="/datasets/$name"
                          params={{ name: dataset.name }}
                          search={{
                            tab: "changes",
                            version: String(version.number),
                            against: String(before.number),
                          }}
                        >
                          {t("datasets.what_changed")}
                        </Link>
                      )}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </Scrolling>
      </div>
    </div>
  );
}
