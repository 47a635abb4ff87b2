import "./texts";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { type DatasetVersion, datasetQuery } from "@/api/datasets";
import { artifactQuery } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Artifact } from "@/api/types";
import { Digest } from "@/components/Copy";
import { Icon } from "@/components/Icon";
import { Page } from "@/components/Page";
import { Select } from "@/components/Select";
import { Loaded, SkeletonRows } from "@/components/States";
import tabStyles from "@/components/Tabs.module.css";
import { When } from "@/components/Value";
import type { TextKey } from "@/i18n/catalogue";
import { useWords } from "@/i18n/useWords";
import styles from "./Datasets.module.css";
import { type Edits, NO_EDITS } from "./edits";
import { ItemsTab } from "./ItemsTab";

const ExportMenu = lazy(() => import("./ExportMenu").then((module) => ({ default: module.ExportMenu })));
const LeaveGuard = lazy(() =>
  import("@/settings/LeaveGuard").then((module) => ({ default: module.LeaveGuard })),
);
const ImportDialog = lazy(() =>
  import("./ImportDialog").then((module) => ({ default: module.ImportDialog })),
);
const PendingBar = lazy(() => import("./PendingBar").then((module) => ({ default: module.PendingBar })));
const ChangesTab = lazy(() => import("./ChangesTab").then((module) => ({ default: module.ChangesTab })));
const HistoryTab = lazy(() => import("./HistoryTab").then((module) => ({ default: module.HistoryTab })));
const DuplicatesTab = lazy(() =>
  import("./DuplicatesTab").then((module) => ({ default: module.DuplicatesTab })),
);
const MakeItems = lazy(() => import("./MakeItems").then((module) => ({ default: module.MakeItems })));
const SynthesesTab = lazy(() =>
  import("./SynthesesTab").then((module) => ({ default: module.SynthesesTab })),
);
const RunsTab = lazy(() => import("./RunsTab").then((module) => ({ default: module.RunsTab })));

const TABS = ["items", "history", "changes", "duplicates", "made", "runs"] as const;
type Tab = (typeof TABS)[number];
const WORDS: Record<Tab, TextKey> = {
  items: "datasets.items",
  history: "datasets.history",
  changes: "datasets.changes",
  duplicates: "datasets.duplicates",
  made: "datasets.made",
  runs: "nav.runs",
};

export function DatasetPage() {
  const { t } = useWords();
  const { name } = useParams({ from: "/datasets/$name" });
  const search = useSearch({ from: "/datasets/$name" });
  const history = useQuery(artifactQuery("dataset", name));
  return (
    <Page
      fill
      title={name}
      trail={<Link to="/datasets">{t("nav.datasets")}</Link>}
      heading={history.data && <Heading dataset={history.data} shown={search.version} />}
      actions={history.data && <Actions name={name} version={numberOf(history.data, search.version)} />}
    >
      <Loaded query={history}>
        {(dataset) => <Body key={name} dataset={dataset} number={numberOf(dataset, search.version)} />}
      </Loaded>
    </Page>
  );
}

/** The version that is looked at: the one of the URL, or the newest. */
function numberOf(dataset: Artifact, shown: string | undefined): number {
  const newest = dataset.versions.find((version) => version.digest === dataset.labels.latest);
  const wanted = dataset.versions.find((version) => String(version.number) === shown);
  return (wanted ?? newest ?? dataset.versions[0])?.number ?? 1;
}

function Heading({ dataset, shown }: { dataset: Artifact; shown?: string }) {
  const { t } = useWords();
  const navigate = useNavigate({ from: "/datasets/$name" });
  const number = numberOf(dataset, shown);
  const version = dataset.versions.find((each) => each.number === number);
  return (
    <>
      <h1 className="clip">
        {dataset.name}
        {dataset.versions.length < 2 && <span className="faint num">@{number}</span>}
      </h1>
      {dataset.versions.length > 1 && (
        <Select
          label={t("datasets.version")}
          value={String(number)}
          onChange={(chosen) =>
            void navigate({ search: (before) => ({ ...before, version: chosen, item: undefined }) })
          }
          options={dataset.versions.map((each) => ({ value: String(each.number), name: `@${each.number}` }))}
        />
      )}
      {version && <Digest value={version.digest} />}
      {version && (
        <span className={`${styles.made} faint clip`}>
          {version.message && `${version.message} · `}
          {version.author} · <When time={version.created} />
        </span>
      )}
    </>
  );
}

function Actions({ name, version }: { name: string; version: number }) {
  const { t } = useWords();
  const navigate = useNavigate({ from: "/datasets/$name" });
  const { tab } = useSearch({ from: "/datasets/$name" });
  const mayEdit = useMay("editor");
  const [importing, setImporting] = useState(false);
  return (
    <>
      <Suspense fallback={null}>
        <ExportMenu name={name} version={version} />
        {mayEdit && tab !== "made" && (
          <span className={styles.wide}>
            <MakeItems name={name} />
          </span>
        )}
      </Suspense>
      {mayEdit && (
        <Button
          variant="default"
          onClick={() => setImporting(true)}
          leftSection={<Icon name="promote" size={14} />}
        >
          {t("datasets.import.here")}
        </Button>
      )}
      {importing && (
        <Suspense fallback={null}>
          <ImportDialog
            name={name}
            onClose={() => setImporting(false)}
            onDone={() => void navigate({ search: {} })}
          />
        </Suspense>
      )}
    </>
  );
}

function Body({ dataset, number }: { dataset: Artifact; number: number }) {
  const { t } = useWords();
  const search = useSearch({ from: "/datasets/$name" });
  const tab = TABS.find((candidate) => candidate === search.tab) ?? "items";
  const version = useQuery(datasetQuery(dataset.name, String(number)));
  const [edits, setEdits] = useState(NO_EDITS);
  // The version that the edits were begun on: they are made on no other without being told to.
  const [base, setBase] = useState("");
  const change = (changed: Edits, on?: string) => {
    setEdits(changed);
    if (on) setBase(on);
    else if (edits.size === 0) setBase(version.data?.version.digest ?? "");
  };
  return (
    <div className={styles.page}>
      <nav className={tabStyles.tabs} aria-label={t("datasets.parts")}>
        {TABS.map((candidate) => (
          <Link
            key={candidate}
            to="/datasets/$name"
            params={{ name: dataset.name }}
            search={{
              version: search.version,
              tab: candidate === "items" ? undefined : candidate,
              against: candidate === "changes" ? search.against : undefined,
            }}
            replace
            data-active={candidate === tab || undefined}
            aria-current={candidate === tab ? "page" : undefined}
          >
            {t(WORDS[candidate])}
          </Link>
        ))}
      </nav>
      {edits.size > 0 && (
        <Suspense fallback={null}>
          <PendingBar dataset={dataset} edits={edits} base={base} onEdits={change} />
          <LeaveGuard
            dirty
            text={t("datasets.leave", { n: edits.size })}
            onDiscard={() => setEdits(NO_EDITS)}
          />
        </Suspense>
      )}
      <Loaded query={version}>
        {(loaded: DatasetVersion) => (
          <>
            {tab === "items" && (
              <ItemsTab
                dataset={dataset}
                version={loaded}
                edits={edits}
                onEdits={(changed) => change(changed)}
              />
            )}
            <Suspense fallback={<SkeletonRows />}>
              {tab === "history" && <HistoryTab dataset={dataset} />}
              {tab === "changes" && <ChangesTab dataset={dataset} number={number} against={search.against} />}
              {tab === "duplicates" && <DuplicatesTab name={dataset.name} version={number} />}
              {tab === "made" && <SynthesesTab name={dataset.name} />}
              {tab === "runs" && <RunsTab name={dataset.name} />}
            </Suspense>
          </>
        )}
      </Loaded>
    </div>
  );
}
