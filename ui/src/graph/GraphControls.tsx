import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { environmentsQuery } from "@/api/queries";
import { useReleaseIndex } from "@/api/releases";
import { type Option, Select } from "@/components/Select";
import { useWords } from "@/i18n/useWords";
import styles from "./Graph.module.css";

const PERIODS = ["24h", "7d", "30d"] as const;
const USUAL_PERIOD = "7d";

/** Which traces: everything is in the URL. */
export function GraphControls() {
  const { t } = useWords();
  const navigate = useNavigate({ from: "/graph" });
  const { release = "", against = "", environment = "", since } = useSearch({ from: "/graph" });
  const environments = useQuery(environmentsQuery()).data?.items ?? [];
  const releases = useReleaseOptions();
  const change = (next: Record<string, string | undefined>) =>
    void navigate({
      search: ({ step: _step, source: _source, target: _target, ...kept }) => ({ ...kept, ...next }),
    });
  return (
    <div className={styles.controls}>
      <Select
        labelled
        label={t("graph.release")}
        value={release}
        options={[{ value: "", name: t("graph.release.every") }, ...including(releases, release)]}
        onChange={(value) => change({ release: value || undefined })}
      />
      <Select
        labelled
        label={t("graph.against")}
        value={against}
        options={[{ value: "", name: t("graph.against.none") }, ...including(releases, against)]}
        onChange={(value) => change({ against: value || undefined })}
      />
      <Select
        labelled
        label={t("graph.environment")}
        value={environment}
        options={[
          { value: "", name: t("graph.environment.every") },
          ...including(
            environments.map(({ name }) => ({ value: name, name })),
            environment,
          ),
        ]}
        onChange={(value) => change({ environment: value || undefined })}
      />
      <Select
        labelled
        label={t("graph.period")}
        value={since ?? USUAL_PERIOD}
        options={PERIODS.map((value) => ({ value, name: t(`graph.period.${value}`) }))}
        onChange={(value) => change({ since: value === USUAL_PERIOD ? undefined : value })}
      />
    </div>
  );
}

function useReleaseOptions(): Option[] {
  return [...useReleaseIndex().values()]
    .sort((a, b) => a.name.localeCompare(b.name) || b.number - a.number)
    .map(({ name, number, digest, labels }) => {
      const called = labels.filter((label) => label !== "latest");
      return { value: digest, name: `${name}@${number}${called.length ? ` (${called.join(", ")})` : ""}` };
    });
}

/** What the URL names is offered even when nothing else knows it. */
function including(options: Option[], value: string): Option[] {
  const known = !value || options.some((option) => option.value === value);
  return known ? options : [{ value, name: value.replace(/^sha256:/, "").slice(0, 24) }, ...options];
}
