import type { TraceFilter } from "@/api/queries";
import { useReleaseIndex } from "@/api/releases";
import { Icon } from "@/components/Icon";
import { useWords } from "@/i18n/useWords";
import { withoutCondition } from "./conditions";
import styles from "./FilterBar.module.css";

type Single = Exclude<keyof TraceFilter, "where">;

export interface Chip {
  key: string;
  field: keyof TraceFilter;
  value: string;
  /** The filter once this chip is gone. */
  without: TraceFilter;
}

/** One chip for each field that is set and for each condition. */
export function chipsOf(filter: TraceFilter): Chip[] {
  const { where, ...singles } = filter;
  const fields = (Object.entries(singles) as [Single, string | undefined][]).flatMap(([field, value]) =>
    value ? [{ key: field, field, value, without: { ...filter, [field]: undefined } }] : [],
  );
  const conditions = (where ?? []).map((value) => ({
    key: `where ${value}`,
    field: "where" as const,
    value,
    without: withoutCondition(filter, value),
  }));
  return [...fields, ...conditions];
}

interface Props {
  chips: Chip[];
  onRemove: (chip: Chip) => void;
}

export function FilterChips({ chips, onRemove }: Props) {
  const { t, format } = useWords();
  const releases = useReleaseIndex();

  function nameOf({ field, value }: Chip): string {
    const release = field === "release" ? releases.get(value) : undefined;
    if (release) return `${release.name}@${release.number}`;
    if (field === "from" || field === "to") return format.clock(value);
    if (field === "status") return value === "error" ? t("status.error") : t("status.ok");
    return value.replace(/^sha256:(.{8}).*/, "$1");
  }

  return chips.map((chip) => (
    <span key={chip.key} className={styles.chip}>
      {chip.field !== "where" && <span className="dim">{t(`filter.${chip.field}`)}</span>}
      <span className={`${chip.field === "where" ? "mono" : "num"} clip`} data-tip={chip.value}>
        {nameOf(chip)}
      </span>
      <button
        type="button"
        onClick={() => onRemove(chip)}
        aria-label={t("filter.remove", {
          field: chip.field === "where" ? chip.value : t(`filter.${chip.field}`),
        })}
      >
        <Icon name="cross" size={10} />
      </button>
    </span>
  ));
}
