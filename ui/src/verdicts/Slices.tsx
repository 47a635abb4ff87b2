import "./texts";
import { useState } from "react";
import type { SliceDifference } from "@/api/verdicts";
import { Section } from "@/components/Page";
import { Select } from "@/components/Select";
import { useWords } from "@/i18n/useWords";
import { SliceTable } from "./SliceTable";
import { slicesBy } from "./slices";

/** The slice report of a verdict, one metric at a time. */
export function Slices({ slices }: { slices: SliceDifference[] }) {
  const { t } = useWords();
  const [metric, setMetric] = useState<string>();
  const { metrics, chosen, rows } = slicesBy(slices, metric);
  return (
    <Section
      title={t("gates.slices")}
      flush
      aside={
        metrics.length > 1 && (
          <Select
            label={t("gates.slices.metric")}
            value={chosen ?? ""}
            onChange={setMetric}
            options={metrics.map((name) => ({ value: name, name }))}
          />
        )
      }
    >
      <SliceTable key={chosen} rows={rows} />
    </Section>
  );
}
