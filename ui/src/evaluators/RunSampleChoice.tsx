import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { runsWithQuery } from "@/api/evaluators";
import { runsQuery } from "@/api/queries";
import { samplesQuery } from "@/api/samples";
import { Select } from "@/components/Select";
import { useWords } from "@/i18n/useWords";
import { oneLine } from "@/runs/metrics";
import styles from "./Evaluators.module.css";

interface Chosen {
  run: string;
  item: string;
}

interface Props {
  evaluator: string;
  chosen: Chosen | undefined;
  onChoose: (chosen: Chosen | undefined) => void;
}

/** A finished sample of a run: those that used the evaluator come first, for its verdict can be compared there. */
export function RunSampleChoice({ evaluator, chosen, onChoose }: Props) {
  const { t, format } = useWords();
  const used = useInfiniteQuery(runsWithQuery(evaluator)).data?.pages[0]?.items ?? [];
  const all = useInfiniteQuery(runsQuery()).data?.pages[0]?.items ?? [];
  const runs = [...used, ...all.filter((run) => used.every(({ id }) => id !== run.id))].filter(
    (run) => run.finished_items > run.failed_items,
  );
  const run = runs.find(({ id }) => id === chosen?.run) ?? runs[0];
  const query = useInfiniteQuery({ ...samplesQuery(run?.id ?? ""), enabled: run !== undefined });
  const samples = (query.data?.pages[0]?.items ?? []).filter((sample) => sample.error === null);
  const sample = samples.find(({ item }) => item === chosen?.item) ?? samples[0];

  useEffect(() => {
    if (!run || !sample) return;
    if (chosen?.run !== run.id || chosen.item !== sample.item) onChoose({ run: run.id, item: sample.item });
  }, [run, sample, chosen, onChoose]);

  if (runs.length === 0) return <p className="dim">{t("try.no_runs")}</p>;
  const scored = sample?.scores[evaluator];
  return (
    <>
      <Select
        label={t("try.run_choice")}
        labelled
        value={run?.id ?? ""}
        onChange={(id) => onChoose({ run: id, item: "" })}
        options={runs.map((each) => ({
          value: each.id,
          name: `${each.release.name}@${each.release.number} · ${each.dataset.name} · ${format.relative(each.created)}`,
        }))}
      />
      <Select
        label={t("try.sample_choice")}
        labelled
        value={sample?.item ?? ""}
        onChange={(item) => run && onChoose({ run: run.id, item })}
        options={samples.map((each) => ({
          value: each.item,
          name: `${each.item} · ${oneLine(each.input).slice(0, 60)}`,
        }))}
      />
      {sample && (
        <dl className={styles.shown}>
          <dt>{t("try.input")}</dt>
          <dd>{oneLine(sample.input)}</dd>
          <dt>{t("try.output")}</dt>
          <dd>{sample.output}</dd>
          {scored !== undefined && scored !== null && (
            <>
              <dt>{t("try.then")}</dt>
              <dd className="num">{format.metric(evaluator, scored)}</dd>
            </>
          )}
        </dl>
      )}
    </>
  );
}
