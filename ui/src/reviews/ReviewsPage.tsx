import "./texts";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { agreementQuery, type Queue, queuesQuery } from "@/api/reviews";
import { Page } from "@/components/Page";
import { Scrolling } from "@/components/Scrolling";
import { EmptyState, Loaded } from "@/components/States";
import table from "@/components/table.module.css";
import { When } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import { FigureValue } from "./Agreement";
import { LabelProgress, SettledProgress } from "./Progress";
import styles from "./Reviews.module.css";

const QueueButton = lazy(() => import("./QueueButton").then((module) => ({ default: module.QueueButton })));

/** The queues: how far each is, and whether people agree. */
export function ReviewsPage() {
  const { t } = useWords();
  const query = useQuery(queuesQuery());
  const make = (
    <Suspense fallback={null}>
      <QueueButton />
    </Suspense>
  );
  return (
    <Page title={t("nav.reviews")} actions={query.data?.items.length ? make : undefined}>
      <Loaded query={query}>
        {({ items }) =>
          items.length > 0 ? (
            <Queues queues={items} />
          ) : (
            <EmptyState
              icon="review"
              title={t("reviews.empty")}
              text={t("reviews.empty.text")}
              command="windlass reviews create queue.yaml"
            >
              {make}
            </EmptyState>
          )
        }
      </Loaded>
    </Page>
  );
}

function Queues({ queues }: { queues: Queue[] }) {
  const { t, format } = useWords();
  return (
    <Scrolling label={t("nav.reviews")} className={styles.list}>
      <table className={`${table.table} ${table.cards}`}>
        <thead>
          <tr>
            <th scope="col">{t("reviews.queue")}</th>
            <th scope="col">{t("reviews.settled")}</th>
            <th scope="col">{t("reviews.progress")}</th>
            <th scope="col" className={table.right}>
              {t("reviews.disputed")}
            </th>
            <th scope="col" className={table.right}>
              {t("reviews.alpha")}
            </th>
            <th scope="col" className={table.right}>
              {t("reviews.created")}
            </th>
          </tr>
        </thead>
        <tbody>
          {queues.map((queue) => (
            <tr key={queue.name} className={table.rowLink}>
              <td>
                <Link to="/reviews/$queue" params={{ queue: queue.name }}>
                  {queue.name}
                </Link>
              </td>
              <td data-label={t("reviews.settled")}>
                <SettledProgress queue={queue} />
              </td>
              <td data-label={t("reviews.progress")}>
                <LabelProgress queue={queue} />
              </td>
              <td data-label={t("reviews.disputed")} className={`${table.right} num`}>
                {format.integer(queue.progress.disputed)}
              </td>
              <td data-label={t("reviews.alpha")} className={table.right}>
                <Alphas name={queue.name} />
              </td>
              <td data-label={t("reviews.created")} className={`${table.right} dim`}>
                <When time={queue.created} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolling>
  );
}

const SHOWN = 3;

function Alphas({ name }: { name: string }) {
  const questions = useQuery(agreementQuery(name)).data?.questions ?? [];
  return (
    <span className={styles.alphas}>
      {questions.slice(0, SHOWN).map(({ question, alpha }) => (
        <span key={question}>
          <span className="faint">{question}</span> <FigureValue name={question} figure={alpha} />
        </span>
      ))}
    </span>
  );
}
