import "./texts";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { agreementQuery, type Queue, queueQuery } from "@/api/reviews";
import { Markdown } from "@/components/Markdown";
import { Page, Section } from "@/components/Page";
import { EmptyState, Loaded } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import { AgreementTable } from "./Agreement";
import { ItemsTable } from "./ItemsTable";
import { LabelProgress, SettledProgress } from "./Progress";
import { QueueActions } from "./QueueActions";
import { Reviewers } from "./Reviewers";
import styles from "./Reviews.module.css";

// With the page of one queue: a file of its own costs the first load of every page its name.
export { ReviewsPage } from "./ReviewsPage";

/** One queue: how far it is, whether people agree, and what they said of which item. */
export function QueuePage() {
  const { t } = useWords();
  const { queue: name } = useParams({ from: "/reviews/$queue" });
  const query = useQuery(queueQuery(name));
  return (
    <Page
      title={name}
      trail={<Link to="/reviews">{t("nav.reviews")}</Link>}
      actions={query.data && <QueueActions queue={query.data} />}
    >
      <Loaded query={query}>{(queue) => <QueueBody queue={queue} />}</Loaded>
    </Page>
  );
}

function QueueBody({ queue }: { queue: Queue }) {
  const { t } = useWords();
  const agreement = useQuery(agreementQuery(queue.name));
  if (queue.progress.items === 0) {
    return (
      <EmptyState
        icon="review"
        title={t("reviews.no_items")}
        text={t("reviews.no_items.text")}
        command={`windlass reviews add ${queue.name} --dataset NAME@latest`}
      />
    );
  }
  return (
    <div className={styles.page}>
      <dl className={styles.facts}>
        <div>
          <dt>{t("reviews.settled")}</dt>
          <dd>
            <SettledProgress queue={queue} />
          </dd>
        </div>
        <div>
          <dt>{t("reviews.progress")}</dt>
          <dd>
            <LabelProgress queue={queue} />
          </dd>
        </div>
        <div>
          <dt>{t("reviews.per_item")}</dt>
          <dd className="num">{queue.labels_per_item}</dd>
        </div>
        <div>
          <dt>{t("reviews.seeing")}</dt>
          <dd data-tip={queue.blind ? t("reviews.blind.tip") : undefined}>
            {queue.blind ? t("reviews.blind") : t("reviews.open")}
          </dd>
        </div>
      </dl>
      <Section title={t("reviews.agreement")} aside={t("reviews.agreement.text")} flush>
        <Loaded query={agreement} rows={2}>
          {(loaded) =>
            loaded.questions.length > 0 ? (
              <AgreementTable agreement={loaded} />
            ) : (
              <p className={styles.nothing}>{t("reviews.only_text")}</p>
            )
          }
        </Loaded>
      </Section>
      <Section title={t("reviews.reviewers")} flush>
        <Loaded query={agreement} rows={2}>
          {({ reviewers }) => <Reviewers reviewers={reviewers} />}
        </Loaded>
      </Section>
      <ItemsTable queue={queue} />
      {queue.guidelines && (
        <Section title={t("reviews.guidelines")}>
          <Markdown text={queue.guidelines} />
        </Section>
      )}
    </div>
  );
}
