import { useQuery } from "@tanstack/react-query";
import { environmentsQuery } from "@/api/queries";
import { useReleaseIndex } from "@/api/releases";
import { Select } from "@/components/Select";
import { useWords } from "@/i18n/useWords";
import styles from "./Dashboard.module.css";
import { fromLocal, type Period, rangeOf, SINCE, sinceOf, toLocal } from "./period";

export interface DashboardSearch extends Period {
  environment?: string;
  release?: string;
}

interface Props {
  search: DashboardSearch;
  onChange: (search: DashboardSearch) => void;
}

/** What all charts are of: the period, an environment, a release. */
export function DashboardBar({ search, onChange }: Props) {
  const { t } = useWords();
  const environments = useQuery(environmentsQuery()).data?.items ?? [];
  const releases = [...useReleaseIndex().values()];
  const { environment, release } = search;
  const since = sinceOf(search);
  const every = { value: "", name: t("dash.every") };

  function setSince(value: string) {
    const period = value === "custom" ? rangeOf(search, Date.now()) : { since: value };
    onChange({ environment, release, ...period });
  }

  return (
    <search className={styles.bar}>
      <Select
        label={t("dash.period")}
        value={since}
        options={[...SINCE, "custom" as const].map((value) => ({ value, name: t(`dash.period.${value}`) }))}
        onChange={setSince}
      />
      {since === "custom" && <CustomPeriod search={search} onChange={onChange} />}
      <span className={styles.filter}>
        <span className="dim" aria-hidden="true">
          {t("dash.environment")}
        </span>
        <Select
          label={t("dash.environment")}
          value={environment ?? ""}
          options={[every, ...environments.map(({ name }) => ({ value: name, name }))]}
          onChange={(value) => onChange({ ...search, environment: value || undefined })}
        />
      </span>
      <span className={styles.filter}>
        <span className="dim" aria-hidden="true">
          {t("dash.release")}
        </span>
        <Select
          label={t("dash.release")}
          value={release ?? ""}
          options={[
            every,
            ...releases.map(({ digest, name, number }) => ({ value: digest, name: `${name}@${number}` })),
          ]}
          onChange={(value) => onChange({ ...search, release: value || undefined })}
        />
      </span>
    </search>
  );
}

function CustomPeriod({ search, onChange }: Props) {
  const { t } = useWords();
  const range = rangeOf(search, Date.now());
  const set = (end: "from" | "to", text: string) => {
    const instant = fromLocal(text);
    const next = { ...range, [end]: instant ?? range[end] };
    if (next.from < next.to) onChange({ ...search, since: undefined, ...next });
  };
  return (
    <>
      <input
        type="datetime-local"
        className={styles.instant}
        aria-label={t("dash.from")}
        value={toLocal(range.from)}
        onChange={(event) => set("from", event.currentTarget.value)}
      />
      <input
        type="datetime-local"
        className={styles.instant}
        aria-label={t("dash.to")}
        value={toLocal(range.to)}
        onChange={(event) => set("to", event.currentTarget.value)}
      />
    </>
  );
}
