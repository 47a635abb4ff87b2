import "./judgingTexts";
import { Button, Modal } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type EvaluatorSummary, evaluatorsQuery } from "@/api/evaluators";
import {
  estimateQuery,
  type JudgingEstimate,
  type JudgingRequest,
  judgingsQuery,
  startJudging,
} from "@/api/judgings";
import { artifactQuery } from "@/api/queries";
import { NumberField, numberIn } from "@/components/NumberField";
import { Problem } from "@/components/Problem";
import { Select } from "@/components/Select";
import { EmptyState, Loaded } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import { EstimateView } from "./EstimateView";
import styles from "./Judging.module.css";

/** For verdicts that cannot be read and are asked for again, and for rounding. */
const ROOM = 1.1;

interface Props {
  arena: string;
  onClose: () => void;
}

/** Asks which judge is to decide battles and what it may take. Loaded on demand through JudgeButton.tsx. */
export function JudgeDialog({ arena, onClose }: Props) {
  const { t } = useWords();
  const query = useQuery(evaluatorsQuery());
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("judging.title.dialog")}
      size={520}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <Loaded query={query}>
        {({ items }) => {
          const judges = items.filter((each) => each.function === "pairwise" && !each.problem);
          return judges.length === 0 ? (
            <EmptyState
              icon="compare"
              title={t("judging.empty")}
              text={t("judging.empty.text")}
              command="windlass push which-is-better.yaml"
            />
          ) : (
            <Form arena={arena} judges={judges} onClose={onClose} />
          );
        }}
      </Loaded>
    </Modal>
  );
}

function Form({ arena, judges, onClose }: Props & { judges: EvaluatorSummary[] }) {
  const { t } = useWords();
  const client = useQueryClient();
  const [name, setName] = useState(judges[0]?.name ?? "");
  const [number, setNumber] = useState("");
  const [most, setMost] = useState("");
  const [retry, setRetry] = useState(false);
  const [cost, setCost] = useState<string>();
  const [tokens, setTokens] = useState<string>();
  const versions = useQuery(artifactQuery("evaluator", name)).data?.versions ?? [];
  const judge = judges.find((each) => each.name === name);
  const version = number || String(judge?.latest?.number ?? "latest");
  const asked: JudgingRequest = { judge: `${name}@${version}`, retry, most: numberIn(most), concurrency: 8 };
  const estimate = useQuery(estimateQuery(arena, asked));
  const ceilings = {
    cost: cost ?? reservedCost(estimate.data),
    tokens: tokens ?? reservedTokens(estimate.data),
  };
  const start = useMutation({
    mutationFn: () =>
      startJudging(arena, {
        ...asked,
        max_cost_usd: numberIn(ceilings.cost),
        max_tokens: numberIn(ceilings.tokens),
      }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: judgingsQuery(arena).queryKey });
      onClose();
    },
  });

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    start.mutate();
  }

  const none = t("judging.no_ceiling");
  return (
    <form className={styles.dialog} onSubmit={onSubmit}>
      <p className="dim">{t("judging.text")}</p>
      <div className={styles.two}>
        <Select
          label={t("arenas.judge")}
          labelled
          value={name}
          onChange={(chosen) => {
            setName(chosen);
            setNumber("");
          }}
          options={judges.map((each) => ({ value: each.name, name: each.name }))}
        />
        <Select
          label={t("judging.version")}
          labelled
          value={version}
          onChange={setNumber}
          options={
            versions.length > 0
              ? versions.map((each) => ({ value: String(each.number), name: `@${each.number}` }))
              : [{ value: version, name: `@${version}` }]
          }
        />
      </div>
      <EstimateView query={estimate} model={judge?.model ?? ""} />
      <div className={styles.three}>
        <NumberField label={t("judging.most")} value={most} onText={setMost} placeholder={none} whole />
        <NumberField
          label={t("judging.max_cost")}
          value={ceilings.cost}
          onText={setCost}
          placeholder={none}
        />
        <NumberField
          label={t("judging.max_tokens")}
          value={ceilings.tokens}
          onText={setTokens}
          placeholder={none}
          whole
        />
      </div>
      <label className={styles.check}>
        <input type="checkbox" checked={retry} onChange={() => setRetry(!retry)} />
        {t("judging.retry")}
      </label>
      <Problem error={start.error} />
      <div className={styles.actions}>
        <Button variant="default" onClick={onClose}>
          {t("action.cancel")}
        </Button>
        <Button type="submit" loading={start.isPending} disabled={!estimate.data?.battles}>
          {t("judging.start")}
        </Button>
      </div>
    </form>
  );
}

/** What is reserved at most is the ceiling, unless another one is given: nothing dearer happens unseen. */
function reservedCost(found?: JudgingEstimate): string {
  const most = found?.most_cost_usd;
  return most ? String(Number((most * ROOM).toPrecision(2))) : "";
}

/** The same in tokens, where a price is not known. */
function reservedTokens(found?: JudgingEstimate): string {
  return found?.calls && found.most_cost_usd === null ? String(Math.ceil(found.most_tokens * ROOM)) : "";
}
