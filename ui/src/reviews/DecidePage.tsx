import "./texts";
import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import {
  type Answers,
  decideItem,
  disputeQuery,
  type Label,
  type Queue,
  queueQuery,
  type Shown,
} from "@/api/reviews";
import { Page } from "@/components/Page";
import { EmptyState, Loaded } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import { sameAnswers } from "./answering";
import { Desk, sidesOf } from "./Desk";
import { KeysButton } from "./KeysButton";
import { Trail } from "./LabelPage";
import { answerWords } from "./QuestionForm";
import styles from "./Reviews.module.css";
import { useAnswering } from "./useAnswering";
import { useKeys } from "./useKeys";

const KeyHelp = lazy(() => import("./KeyHelp").then((module) => ({ default: module.KeyHelp })));

/** Items whose labels differ, one at a time, with all of their labels. */
export function DecidePage() {
  const { t } = useWords();
  const { queue: name } = useParams({ from: "/reviews/$queue/$task" });
  const client = useQueryClient();
  const [after, setAfter] = useState<number>();
  const [help, setHelp] = useState(false);
  const queue = useQuery(queueQuery(name));
  const dispute = useQuery(disputeQuery(name, after));
  const act = useMutation({
    mutationFn: async ({ item, said }: { item: string; said: { answers: Answers; comment: string } }) => {
      await decideItem(name, item, said);
      return client.fetchQuery(disputeQuery(name, after));
    },
    onSuccess: () => void client.invalidateQueries({ queryKey: queueQuery(name).queryKey }),
  });
  return (
    <Page
      fill
      title={t("reviews.deciding", { queue: name })}
      trail={<Trail name={name} />}
      heading={<h1 className="clip">{t("reviews.decide")}</h1>}
      actions={
        <>
          {queue.data && (
            <span className="dim">{t("reviews.disputes", { n: queue.data.progress.disputed })}</span>
          )}
          <KeysButton onClick={() => setHelp(true)} />
        </>
      }
    >
      <Loaded query={queue}>
        {(loaded) => (
          <Loaded query={dispute}>
            {({ item }) =>
              item ? (
                <Deciding
                  key={item.id}
                  queue={loaded}
                  item={item}
                  pending={act.isPending}
                  error={act.error}
                  onDecide={(said) => act.mutate({ item: item.id, said })}
                  onSkip={() => setAfter(item.position)}
                  onHelp={() => setHelp(true)}
                />
              ) : (
                <Decided name={name} left={loaded.progress.disputed} onFirst={() => setAfter(undefined)} />
              )
            }
          </Loaded>
        )}
      </Loaded>
      <Suspense>{help && <KeyHelp deciding onClose={() => setHelp(false)} />}</Suspense>
    </Page>
  );
}

function Decided({ name, left, onFirst }: { name: string; left: number; onFirst: () => void }) {
  const { t } = useWords();
  return (
    <EmptyState
      icon="check"
      title={left > 0 ? t("reviews.decided.rest") : t("reviews.decided")}
      text={left > 0 ? t("reviews.disputes", { n: left }) : t("reviews.decided.text")}
    >
      <span className="row wrap">
        <Link to="/reviews/$queue" params={{ queue: name }} className="link">
          {t("reviews.look")}
        </Link>
        {left > 0 && (
          <Button variant="default" onClick={onFirst}>
            {t("reviews.decided.first")}
          </Button>
        )}
      </span>
    </EmptyState>
  );
}

interface DecidingProps {
  queue: Queue;
  item: Shown;
  pending: boolean;
  error: unknown;
  onDecide: (said: { answers: Answers; comment: string }) => void;
  onSkip: () => void;
  onHelp: () => void;
}

function Deciding({ queue, item, pending, error, onDecide, onSkip, onHelp }: DecidingProps) {
  const { t } = useWords();
  const labels = item.labels ?? [];
  const answering = useAnswering({
    questions: queue.questions,
    answers: sameAnswers(
      queue.questions,
      labels.map(({ answers }) => answers),
    ),
    comment: "",
    sides: sidesOf(item),
    onSubmit: onDecide,
  });
  useKeys(pending ? {} : { ...answering.keys, s: onSkip, "?": onHelp });
  return (
    <Desk
      queue={queue}
      item={item}
      answering={answering}
      submit={t("reviews.decide")}
      pending={pending}
      error={error}
      onSkip={onSkip}
    >
      <Labels queue={queue} labels={labels} sides={sidesOf(item)} />
    </Desk>
  );
}

/** What each reviewer answered, question by question; where they differ stands out. */
function Labels({ queue, labels, sides }: { queue: Queue; labels: Label[]; sides: string[] | undefined }) {
  const words = useWords();
  const agreed = sameAnswers(
    queue.questions,
    labels.map(({ answers }) => answers),
  );
  return (
    <section className={styles.labels} aria-label={words.t("reviews.labels")}>
      <h2>{words.t("reviews.labels")}</h2>
      {queue.questions.map((question) => (
        <dl key={question.name} data-differs={agreed[question.name] === undefined || undefined}>
          <dt>{question.text || question.name}</dt>
          {labels.map(({ reviewer, answers }) => {
            const answer = answers[question.name];
            return (
              <dd key={reviewer}>
                <span className="faint clip">{reviewer}</span>
                <span>
                  {answer === undefined
                    ? "–"
                    : answerWords(words, answer, question.type === "preference" ? sides : undefined)}
                </span>
              </dd>
            );
          })}
        </dl>
      ))}
      {labels
        .filter(({ comment }) => comment)
        .map(({ reviewer, comment }) => (
          <p key={reviewer} className={styles.said}>
            <span className="faint">{reviewer}</span> {comment}
          </p>
        ))}
    </section>
  );
}
