import "./texts";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { type DatasetSummary, datasetsQuery } from "@/api/datasets";
import { useMay } from "@/api/session";
import { Command } from "@/components/Copy";
import { Icon } from "@/components/Icon";
import { Page } from "@/components/Page";
import { Scrolling } from "@/components/Scrolling";
import { EmptyState, Loaded } from "@/components/States";
import { LabelTag } from "@/components/Tags";
import table from "@/components/table.module.css";
import { When } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import styles from "./Datasets.module.css";

const ImportDialog = lazy(() =>
  import("./ImportDialog").then((module) => ({ default: module.ImportDialog })),
);

const MakeItems = lazy(() => import("./MakeItems").then((module) => ({ default: module.MakeItems })));

export function DatasetsPage() {
  const { t } = useWords();
  const query = useQuery(datasetsQuery());
  const navigate = useNavigate();
  const mayEdit = useMay("editor");
  const [importing, setImporting] = useState(false);
  const open = mayEdit && (
    <>
      <Suspense fallback={null}>
        <MakeItems />
      </Suspense>
      <Button leftSection={<Icon name="plus" size={14} />} onClick={() => setImporting(true)}>
        {t("datasets.import")}
      </Button>
    </>
  );
  return (
    <Page title={t("nav.datasets")} actions={query.data?.items.length ? open : undefined}>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState
              icon="dataset"
              title={t("datasets.empty")}
              text={t("datasets.empty.text")}
              command="windlass push dataset/NAME questions.csv"
            >
              <Command text="windlass datasets from-traces NAME --sample 0.1" />
              {open}
            </EmptyState>
          ) : (
            <DatasetTable datasets={items} />
          )
        }
      </Loaded>
      {importing && (
        <Suspense fallback={null}>
          <ImportDialog
            onClose={() => setImporting(false)}
            onDone={(name) => void navigate({ to: "/datasets/$name", params: { name } })}
          />
        </Suspense>
      )}
    </Page>
  );
}

function DatasetTable({ datasets }: { datasets: DatasetSummary[] }) {
  const { t, format } = useWords();
  return (
    <div className={styles.list}>
      <Scrolling label={t("nav.datasets")}>
        <table className={`${table.table} ${table.cards}`}>
          <thead>
            <tr>
              <th scope="col">{t("datasets.name")}</th>
              <th scope="col">{t("datasets.about")}</th>
              <th scope="col" className={table.right}>
                {t("datasets.items")}
              </th>
              <th scope="col" className={table.right}>
                {t("datasets.version")}
              </th>
              <th scope="col">{t("datasets.by")}</th>
              <th scope="col" className={table.right}>
                {t("datasets.changed")}
              </th>
            </tr>
          </thead>
          <tbody>
            {datasets.map((dataset) => (
              <tr key={dataset.name} className={table.rowLink}>
                <td>
                  <span className="row">
                    <Link className="quiet-link" to="/datasets/$name" params={{ name: dataset.name }}>
                      <b className={styles.name}>{dataset.name}</b>
                    </Link>
                    {Object.keys(dataset.labels)
                      .filter((label) => label !== "latest")
                      .map((label) => (
                        <LabelTag key={label} label={label} />
                      ))}
                  </span>
                </td>
                <td className={table.wide} data-label={t("datasets.about")}>
                  <span>
                    {dataset.description || dataset.latest.message || <About fields={dataset.fields} />}
                  </span>
                </td>
                <td className={`${table.right} num`} data-label={t("datasets.items")}>
                  {format.integer(dataset.count)}
                </td>
                <td className={`${table.right} num`} data-label={t("datasets.version")}>
                  @{dataset.latest.number}
                </td>
                <td className="dim" data-label={t("datasets.by")}>
                  {dataset.latest.author}
                </td>
                <td className={`${table.right} dim`} data-label={t("datasets.changed")}>
                  <When time={dataset.latest.created} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolling>
    </div>
  );
}

/** What the items have, where nobody said what they are. */
function About({ fields }: { fields: string[] }) {
  const { t } = useWords();
  return <span className="faint">{t("datasets.fields", { fields: fields.join(", ") })}</span>;
}
