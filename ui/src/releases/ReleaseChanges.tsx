import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { artifactQuery, diffQuery, environmentsQuery } from "@/api/queries";
import type { Change, Diff, Version } from "@/api/types";
import marks from "@/components/Change.module.css";
import { TextDiff } from "@/components/Code";
import { Icon } from "@/components/Icon";
import { Select } from "@/components/Select";
import { EmptyState, Loaded } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import { foldLists, type ListChange } from "./changes";
import styles from "./Releases.module.css";

interface Props {
  release: Version;
  against?: string;
}

interface Other {
  ref: string;
  name: string;
}

/** What to compare with: what runs in each environment first, then the other versions. */
function useOthers(release: Version): { running: Other[]; rest: Other[] } {
  const { t } = useWords();
  const environments = useQuery(environmentsQuery()).data?.items ?? [];
  const versions = useQuery(artifactQuery("release", release.name)).data?.versions ?? [];
  const running = environments.flatMap(({ name, deployments }) =>
    deployments
      .filter((deployment) => deployment.release === release.name && deployment.digest !== release.digest)
      .map(({ digest, number }) => ({
        ref: digest,
        name: t("release.runs_in", { number, environment: name }),
      })),
  );
  const seen = new Set(running.map((other) => other.ref));
  const rest = versions
    .filter(({ digest }) => digest !== release.digest && !seen.has(digest))
    .map(({ digest, number, message }) => ({
      ref: digest,
      name: message ? `@${number} · ${message}` : `@${number}`,
    }));
  return { running, rest };
}

export function ReleaseChanges({ release, against }: Props) {
  const { t } = useWords();
  const navigate = useNavigate({ from: "/releases/$name/$ref" });
  const { running, rest } = useOthers(release);
  const others = [...running, ...rest];
  const versions = useQuery(artifactQuery("release", release.name)).data?.versions ?? [];
  const before = versions.find((version) => version.number === release.number - 1)?.digest;
  const chosen =
    others.find((other) => other.ref === against)?.ref ?? running[0]?.ref ?? before ?? rest[0]?.ref;
  if (!chosen)
    return <EmptyState icon="compare" title={t("release.only_one")} text={t("release.only_one.text")} />;
  return (
    <>
      <div className={styles.against}>
        <span className="dim">{t("release.against")}</span>
        <Select
          label={t("release.against")}
          value={chosen}
          onChange={(value) => void navigate({ search: { tab: "changes", against: value }, replace: true })}
          options={others.map(({ ref, name }) => ({ value: ref, name }))}
        />
      </div>
      <Changes name={release.name} from={chosen} to={release.digest} />
    </>
  );
}

function Changes({ name, from, to }: { name: string; from: string; to: string }) {
  const query = useQuery(diffQuery(name, from, to));
  return <Loaded query={query}>{(diff) => <ChangeList diff={diff} />}</Loaded>;
}

const isText = (value: unknown): value is string => typeof value === "string" && value.includes("\n");

function ChangeList({ diff }: { diff: Diff }) {
  const { t } = useWords();
  if (diff.changes.length === 0)
    return <EmptyState icon="check" title={t("release.same")} text={t("release.same.text")} />;
  const texts = diff.changes.filter(({ before, after }) => isText(before) || isText(after));
  const { single, lists } = foldLists(diff.changes.filter((change) => !texts.includes(change)));
  return (
    <>
      {single.length + lists.length > 0 && (
        <section className={styles.part}>
          <div className={styles.changeHead} aria-hidden="true">
            <span>{t("release.setting")}</span>
            <span>@{diff.from.number}</span>
            <span>@{diff.to.number}</span>
          </div>
          {single.map((change) => (
            <ValueChange key={change.path} change={change} />
          ))}
          {lists.map((list) => (
            <ListChanges key={list.path} list={list} />
          ))}
        </section>
      )}
      {texts.map(({ path, before, after }) => (
        <section key={path} className={styles.textChange}>
          <h2 className="mono">{path}</h2>
          <TextDiff before={String(before ?? "")} after={String(after ?? "")} label={path} />
        </section>
      ))}
    </>
  );
}

function ValueChange({ change }: { change: Change }) {
  const { t } = useWords();
  const show = (value: unknown) => {
    if (value === undefined || value === null) return <span className="faint">{t("release.absent")}</span>;
    const text = typeof value === "string" ? value.replace(/^(sha256:.{8}).*/, "$1") : JSON.stringify(value);
    return (
      <span data-tip={text.length > 60 || String(value).startsWith("sha256:") ? String(value) : undefined}>
        {text}
      </span>
    );
  };
  return (
    <div className={styles.change}>
      <span className="mono">{change.path}</span>
      <span className={marks.before}>{show(change.before)}</span>
      <span className={marks.after}>{show(change.after)}</span>
    </div>
  );
}

function ListChanges({ list }: { list: ListChange }) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  return (
    <>
      <div className={styles.change}>
        <span className="mono">{list.path}</span>
        <button
          type="button"
          className={styles.foldedValue}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <Icon name={open ? "down" : "right"} size={11} />
          {t("release.list_changes", { n: list.changes.length })}
        </button>
      </div>
      {open && list.changes.map((change) => <ValueChange key={change.path} change={change} />)}
    </>
  );
}
