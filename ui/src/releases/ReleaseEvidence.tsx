import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { runsQuery, verdictsQuery } from "@/api/queries";
import type { Version } from "@/api/types";
import { Section } from "@/components/Page";
import { Loaded } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import { RunsTable } from "@/runs/RunsTable";
import { VerdictList } from "@/verdicts/VerdictList";

/** What a release was measured on, and what was decided from it. */
export function ReleaseEvidence({ release }: { release: Version }) {
  const { t } = useWords();
  const runs = useInfiniteQuery(runsQuery(release.digest));
  const verdicts = useQuery(verdictsQuery(release.digest));
  return (
    <>
      <Section title={t("release.verdicts")} flush>
        <Loaded query={verdicts} rows={2}>
          {({ items }) => <VerdictList verdicts={items} />}
        </Loaded>
      </Section>
      <Section
        title={t("nav.runs")}
        flush
        aside={
          <Link className="quiet-link" to="/traces" search={{ release: release.digest }}>
            {t("release.traces")}
          </Link>
        }
      >
        <Loaded query={runs} rows={3}>
          {({ pages }) => <RunsTable runs={pages.flatMap((page) => page.items)} />}
        </Loaded>
      </Section>
    </>
  );
}
