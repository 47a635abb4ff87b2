import "./texts";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { artifactQuery, versionQuery } from "@/api/queries";
import { useRunningIn } from "@/api/releases";
import type { Version } from "@/api/types";
import { Digest } from "@/components/Copy";
import { Page } from "@/components/Page";
import { Select } from "@/components/Select";
import { Loaded } from "@/components/States";
import tabStyles from "@/components/Tabs.module.css";
import { LabelTag, RunningTag } from "@/components/Tags";
import { When } from "@/components/Value";
import type { TextKey } from "@/i18n/catalogue";
import { useWords } from "@/i18n/useWords";
import { PromoteButton } from "./PromoteButton";
import { ReleaseChanges } from "./ReleaseChanges";
import { ReleaseContents } from "./ReleaseContents";
import { ReleaseEvidence } from "./ReleaseEvidence";
import styles from "./Releases.module.css";
import { RollbackButton } from "./RollbackButton";

const TABS = ["contents", "changes", "evidence"] as const;
const WORDS: Record<(typeof TABS)[number], TextKey> = {
  contents: "release.contents",
  changes: "release.changes",
  evidence: "release.evidence",
};

export function ReleasePage() {
  const { t } = useWords();
  const { name, ref } = useParams({ from: "/releases/$name/$ref" });
  const search = useSearch({ from: "/releases/$name/$ref" });
  const query = useQuery(versionQuery("release", name, ref));
  const release = query.data;
  const tab = TABS.find((candidate) => candidate === search.tab) ?? "contents";
  return (
    <Page
      title={release ? `${name}@${release.number}` : name}
      trail={<Link to="/releases">{t("nav.releases")}</Link>}
      heading={release && <Heading release={release} />}
      actions={
        release && (
          <>
            <RollbackButton name={name} digest={release.digest} />
            <PromoteButton name={name} number={release.number} digest={release.digest} />
          </>
        )
      }
    >
      <nav className={`${tabStyles.tabs} ${tabStyles.sticky}`} aria-label={t("release.parts")}>
        {TABS.map((candidate) => (
          <Link
            key={candidate}
            to="/releases/$name/$ref"
            params={{ name, ref }}
            search={{
              tab: candidate === "contents" ? undefined : candidate,
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
      <Loaded query={query}>
        {(loaded) => (
          <div className={styles.page}>
            {tab === "contents" && <ReleaseContents release={loaded} />}
            {tab === "changes" && <ReleaseChanges release={loaded} against={search.against} />}
            {tab === "evidence" && <ReleaseEvidence release={loaded} />}
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function Heading({ release }: { release: Version }) {
  const { t } = useWords();
  const navigate = useNavigate();
  const search = useSearch({ from: "/releases/$name/$ref" });
  const runningIn = useRunningIn().get(release.digest) ?? [];
  const versions = useQuery(artifactQuery("release", release.name)).data?.versions ?? [];
  return (
    <>
      <h1 className="clip">
        {release.name}
        {versions.length < 2 && <span className="faint num">@{release.number}</span>}
      </h1>
      {versions.length > 1 && (
        <Select
          label={t("releases.version")}
          value={String(release.number)}
          onChange={(number) =>
            void navigate({
              to: "/releases/$name/$ref",
              params: { name: release.name, ref: number },
              search: { tab: search.tab },
            })
          }
          options={versions.map(({ number }) => ({ value: String(number), name: `@${number}` }))}
        />
      )}
      <Digest value={release.digest} />
      {runningIn.map((environment) => (
        <RunningTag key={environment} environment={environment} />
      ))}
      {release.labels.map((label) => (
        <LabelTag key={label} label={label} />
      ))}
      <span className={`${styles.made} faint`}>
        {release.message && `${release.message} · `}
        {release.author} · <When time={release.created} />
      </span>
    </>
  );
}
