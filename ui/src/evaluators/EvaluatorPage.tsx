import "./texts";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { type EvaluatorDetail, evaluatorQuery } from "@/api/evaluators";
import { artifactQuery } from "@/api/queries";
import { Digest } from "@/components/Copy";
import { Page } from "@/components/Page";
import { Select } from "@/components/Select";
import { Loaded } from "@/components/States";
import tabStyles from "@/components/Tabs.module.css";
import { LabelTag } from "@/components/Tags";
import { When } from "@/components/Value";
import type { TextKey } from "@/i18n/catalogue";
import { useWords } from "@/i18n/useWords";
import { EvaluatorChanges } from "./EvaluatorChanges";
import { EvaluatorContents } from "./EvaluatorContents";
import { EvaluatorRuns } from "./EvaluatorRuns";
import styles from "./Evaluators.module.css";
import { KindTag } from "./KindTag";
import { TryTab } from "./TryTab";

const TABS = ["contents", "try", "changes", "runs"] as const;
type Tab = (typeof TABS)[number];
const WORDS: Record<Tab, TextKey> = {
  contents: "evaluator.contents",
  try: "evaluator.try",
  changes: "evaluator.changes",
  runs: "nav.runs",
};

export function EvaluatorPage() {
  const { t } = useWords();
  const { name } = useParams({ from: "/evaluators/$name" });
  const search = useSearch({ from: "/evaluators/$name" });
  const query = useQuery(evaluatorQuery(name, search.version ?? "latest"));
  const evaluator = query.data;
  // A built-in one changes with windlass alone: there is nothing to compare.
  const tabs = TABS.filter((tab) => tab !== "changes" || !evaluator?.built_in);
  const tab = tabs.find((candidate) => candidate === search.tab) ?? "contents";
  return (
    <Page
      title={name}
      trail={<Link to="/evaluators">{t("nav.evaluators")}</Link>}
      heading={evaluator && <Heading evaluator={evaluator} />}
    >
      <nav className={`${tabStyles.tabs} ${tabStyles.sticky}`} aria-label={t("evaluator.parts")}>
        {tabs.map((candidate) => (
          <Link
            key={candidate}
            to="/evaluators/$name"
            params={{ name }}
            search={{ version: search.version, tab: candidate === "contents" ? undefined : candidate }}
            replace
            data-active={candidate === tab || undefined}
            aria-current={candidate === tab ? "page" : undefined}
          >
            {t(WORDS[candidate])}
          </Link>
        ))}
        {evaluator?.kind === "judge" && (
          <Link to="/evaluators/$name/calibration" params={{ name }}>
            {t("evaluator.calibration")}
          </Link>
        )}
      </nav>
      <Loaded query={query}>
        {(loaded) => (
          <div className={styles.page}>
            {tab === "contents" && <EvaluatorContents evaluator={loaded} />}
            {tab === "try" && <TryTab key={loaded.version?.digest} evaluator={loaded} />}
            {tab === "changes" && loaded.version && (
              <EvaluatorChanges name={name} number={loaded.version.number} against={search.against} />
            )}
            {tab === "runs" && <EvaluatorRuns name={name} />}
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function Heading({ evaluator }: { evaluator: EvaluatorDetail }) {
  const { t } = useWords();
  const navigate = useNavigate({ from: "/evaluators/$name" });
  const { version } = evaluator;
  const history = useQuery({ ...artifactQuery("evaluator", evaluator.name), enabled: !evaluator.built_in });
  const versions = history.data?.versions ?? [];
  const labels = Object.entries(evaluator.labels).filter(([, digest]) => digest === version?.digest);
  return (
    <>
      <h1 className="clip">
        {evaluator.name}
        {version && versions.length < 2 && <span className="faint num">@{version.number}</span>}
      </h1>
      {version && versions.length > 1 && (
        <Select
          label={t("evaluators.version")}
          value={String(version.number)}
          onChange={(chosen) => void navigate({ search: (before) => ({ ...before, version: chosen }) })}
          options={versions.map(({ number }) => ({ value: String(number), name: `@${number}` }))}
        />
      )}
      <KindTag kind={evaluator.kind} />
      {version && <Digest value={version.digest} />}
      {labels.map(([label]) => (
        <LabelTag key={label} label={label} />
      ))}
      {version && (
        <span className={`${styles.made} faint clip`}>
          {version.message && `${version.message} · `}
          {version.author} · <When time={version.created} />
        </span>
      )}
    </>
  );
}
