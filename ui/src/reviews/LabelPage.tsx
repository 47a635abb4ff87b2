import "./texts";
import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import {
  type Answers,
  agreementQuery,
  giveLabel,
  nextQuery,
  type Queue,
  queueQuery,
  type Shown,
  skipItem,
  takeBack,
} from "@/api/reviews";
import { Icon } from "@/components/Icon";
import { Page } from "@/components/Page";
import { Loaded } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import { LiveAgreement } from "./Agreement";
import { Desk, sidesOf } from "./Desk";
import { Finished } from "./Finished";
import { KeysButton } from "./KeysButton";
import { LabelProgress } from "./Progress";
import { useAnswering } from "./useAnswering";
import { useKeys } from "./useKeys";

type Given = { item: Shown | null };

const KeyHelp = lazy(() => import("./KeyHelp").then((module) => ({ default: module.KeyHelp })));

/** One item at a time: everything that can be done to it has a key. */
export function LabelPage() {
  const { t } = useWords();
  const { queue: name } = useParams({ from: "/reviews/$queue/$task" });
  const client = useQueryClient();
  const queue = useQuery(queueQuery(name));
  const next = useQuery(nextQuery(name));
  // The same item may come again, after an undo: the desk begins anew all the same.
  const [round, setRound] = useState(0);
  const [help, setHelp] = useState(false);

  const act = useMutation({
    mutationFn: (step: () => Promise<Given | null>) => step(),
    onSuccess: (given) => {
      // Nothing happened: what is on the desk stays there with its answers.
      if (given === null) return;
      client.setQueryData(nextQuery(name).queryKey, given);
      setRound((before) => before + 1);
      void client.invalidateQueries({ queryKey: queueQuery(name).queryKey });
      void client.invalidateQueries({ queryKey: agreementQuery(name).queryKey });
    },
  });
  const takeNext = () => client.fetchQuery(nextQuery(name));
  const look = () => act.mutate(takeNext);
  const undo = () =>
    act.mutate(async () => {
      const given = await takeBack(name);
      return given.item ? given : null;
    });
  const skip = (item: string) => act.mutate(() => skipItem(name, item).then(takeNext));
  const label = (item: string, said: { answers: Answers; comment: string }) =>
    act.mutate(() => giveLabel(name, item, said).then(takeNext));

  return (
    <Page
      fill
      title={t("reviews.labelling", { queue: name })}
      trail={<Trail name={name} />}
      heading={<h1 className="clip">{t("reviews.label")}</h1>}
      actions={
        <>
          {queue.data && <LabelProgress queue={queue.data} />}
          <Button variant="default" onClick={undo} disabled={act.isPending} rightSection={<kbd>U</kbd>}>
            {t("reviews.undo")}
          </Button>
          <KeysButton onClick={() => setHelp(true)} />
        </>
      }
    >
      <Loaded query={queue}>
        {(loaded) => (
          <Loaded query={next}>
            {({ item }) =>
              item ? (
                <Labelling
                  key={`${item.id}/${round}`}
                  queue={loaded}
                  item={item}
                  pending={act.isPending}
                  error={act.error}
                  onLabel={(said) => label(item.id, said)}
                  onSkip={() => skip(item.id)}
                  onUndo={undo}
                  onHelp={() => setHelp(true)}
                />
              ) : (
                <Finished queue={loaded} onUndo={undo} onLook={look} />
              )
            }
          </Loaded>
        )}
      </Loaded>
      <Suspense>{help && <KeyHelp onClose={() => setHelp(false)} />}</Suspense>
    </Page>
  );
}

export function Trail({ name }: { name: string }) {
  const { t } = useWords();
  return (
    <>
      <Link to="/reviews">{t("nav.reviews")}</Link>
      <Icon name="right" size={10} />
      <Link to="/reviews/$queue" params={{ queue: name }}>
        {name}
      </Link>
    </>
  );
}

interface LabellingProps {
  queue: Queue;
  item: Shown;
  pending: boolean;
  error: unknown;
  onLabel: (said: { answers: Answers; comment: string }) => void;
  onSkip: () => void;
  onUndo: () => void;
  onHelp: () => void;
}

function Labelling({ queue, item, pending, error, onLabel, onSkip, onUndo, onHelp }: LabellingProps) {
  const { t } = useWords();
  const answering = useAnswering({
    questions: queue.questions,
    answers: item.mine?.answers ?? {},
    comment: item.mine?.comment ?? "",
    sides: sidesOf(item),
    onSubmit: onLabel,
  });
  // A key that is held down, or pressed twice, labels one item and not the next one unseen.
  useKeys(pending ? {} : { ...answering.keys, s: onSkip, u: onUndo, "?": onHelp });
  return (
    <Desk
      queue={queue}
      item={item}
      answering={answering}
      submit={t("reviews.submit")}
      pending={pending}
      error={error}
      onSkip={onSkip}
    >
      <LiveAgreement name={queue.name} />
    </Desk>
  );
}
