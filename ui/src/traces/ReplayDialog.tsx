import "./replayingTexts";
import { Button, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { ApiError, api, unwrap } from "@/api/client";
import { type TraceFilter, traceParameters } from "@/api/queries";
import { Command } from "@/components/Copy";
import { TextField } from "@/components/Field";
import { Problem } from "@/components/Problem";
import { Select } from "@/components/Select";
import { DatasetNameField } from "@/datasets/DatasetNameField";
import { useWords } from "@/i18n/useWords";
import { ReplayCandidate } from "./ReplayCandidate";
import styles from "./Replaying.module.css";
import {
  isForServer,
  isSaid,
  NOTHING_SAID,
  POLICIES,
  type Policy,
  type Replaying,
  replayCommand,
  runOf,
} from "./replaying";

interface Props {
  filter: TraceFilter;
  traceId?: string;
  onClose: () => void;
}

/** Draws traces as recordings into a dataset, and starts a run that replays them. */
export function ReplayDialog({ filter, traceId, onClose }: Props) {
  const { t } = useWords();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [said, setSaid] = useState<Replaying>({
    ...NOTHING_SAID,
    dataset: traceId ? `replay-${traceId.slice(0, 8)}` : "",
  });
  const say = (part: Partial<Replaying>) => setSaid({ ...said, ...part });
  const replay = useMutation({
    mutationFn: async () => {
      const digest = await draw(filter, said);
      if (digest === null) throw new ApiError(422, "", t("replaying.nothing"));
      return unwrap(api.POST("/api/v1/runs", { body: runOf(said, digest) }));
    },
    onSuccess: (run) => {
      for (const key of ["datasets", "runs"]) void client.invalidateQueries({ queryKey: [key] });
      void navigate({ to: "/runs/$runId", params: { runId: run.id } });
    },
  });

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    replay.mutate();
  }

  const isLive = said.policy === "live";
  const isRelease = said.candidate === "release";
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(traceId ? "replaying.title" : "replaying.title.list")}
      size={620}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <form className={styles.dialog} onSubmit={onSubmit}>
        <p className="dim">{t(what(filter, traceId))}</p>
        <div className={styles.two}>
          <DatasetNameField name={said.dataset} onName={(dataset) => say({ dataset })} />
          {!traceId && (
            <TextField
              label={t("replaying.sample")}
              value={said.sample}
              onText={(sample) => say({ sample })}
              inputMode="decimal"
            />
          )}
        </div>
        <ReplayCandidate said={said} say={say} />
        <Select
          label={t("replaying.policy")}
          labelled
          value={said.policy}
          onChange={(policy) => say({ policy: policy as Policy })}
          options={POLICIES.map((each) => ({ value: each, name: t(`replaying.policy.${each}`) }))}
        />
        <p className="dim">
          {t(isLive && isRelease ? "replaying.policy.live.release" : `replaying.policy.${said.policy}.text`)}
        </p>
        {said.policy === "simulate" && (
          <TextField
            label={t("replaying.simulator")}
            placeholder="openai:gpt-5-mini"
            value={said.simulator}
            onText={(simulator) => say({ simulator: simulator.trim() })}
            mono
            required
            spellCheck={false}
          />
        )}
        {isLive && (
          <div className={styles.two}>
            {!isRelease && (
              <TextField
                label={t("replaying.tools")}
                placeholder="http://127.0.0.1:8000/mcp"
                value={said.tools}
                onText={(tools) => say({ tools: tools.trim() })}
                mono
                spellCheck={false}
              />
            )}
            <TextField
              label={t("replaying.safe")}
              placeholder="find_order, find_customer"
              value={said.safe}
              onText={(safe) => say({ safe })}
              mono
              spellCheck={false}
            />
          </div>
        )}
        <Command text={replayCommand(filter, said)} />
        <Problem error={replay.error} />
        <div className={styles.actions}>
          <Button variant="default" onClick={onClose}>
            {t(isForServer(said) ? "action.cancel" : "action.close")}
          </Button>
          {isForServer(said) && (
            <Button type="submit" loading={replay.isPending} disabled={!isSaid(said)}>
              {t("replaying.start")}
            </Button>
          )}
        </div>
      </form>
    </Modal>
  );
}

function what(filter: TraceFilter, traceId?: string) {
  if (traceId) return "replaying.one";
  return Object.values(filter).some(Boolean) ? "replaying.filtered" : "replaying.all";
}

/** Draws the traces with what their tools answered; null where none is meant. */
async function draw(filter: TraceFilter, said: Replaying): Promise<string | null> {
  const { status, where, q, release, environment, run, from, to } = traceParameters(filter);
  const drawn = await unwrap(
    api.POST("/api/v1/datasets/{name}/from-traces", {
      params: {
        path: { name: said.dataset },
        query: { status, where, q, release, environment, run, from, to },
      },
      body: {
        sample: Number(said.sample),
        seed: null,
        most: 10_000,
        split: "",
        recording: true,
        message: "",
      },
    }),
  );
  return drawn.version?.digest ?? null;
}
