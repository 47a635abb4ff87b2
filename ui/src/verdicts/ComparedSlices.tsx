import "./texts";
import { useQuery } from "@tanstack/react-query";
import { slicesQuery } from "@/api/verdicts";
import { useWords } from "@/i18n/useWords";
import compare from "@/runs/Compare.module.css";
import styles from "./Evidence.module.css";
import { SliceTable } from "./SliceTable";

interface Props {
  baseline: string;
  candidate: string;
  metric: string;
}

/** The slice report of two runs on one metric; nothing where no metadata groups the items. */
export function ComparedSlices({ baseline, candidate, metric }: Props) {
  const { t } = useWords();
  const rows = useQuery(slicesQuery(baseline, candidate, metric)).data?.items;
  if (!rows?.length) return null;
  return (
    <section>
      <header className={compare.sectionHead}>
        <h2>{t("gates.slices")}</h2>
        <span className="faint">{metric}</span>
      </header>
      <div className={styles.framed}>
        <SliceTable key={metric} rows={rows} />
      </div>
    </section>
  );
}
