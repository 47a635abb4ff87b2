import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type ItemState, type Queue, type ReviewItem, reviewItemsQuery } from "@/api/reviews";
import { useMay } from "@/api/session";
import { Badge } from "@/components/Marks";
import { Section } from "@/components/Page";
import { Scrolling } from "@/components/Scrolling";
import { Select } from "@/components/Select";
import { ErrorState, SkeletonRows } from "@/components/States";
import table from "@/components/table.module.css";
import { Missing } from "@/components/Value";
import type { TextKey } from "@/i18n/catalogue";
import { useWords } from "@/i18n/useWords";
import { answerWords } from "./QuestionForm";
import styles from "./Reviews.module.css";

const STATES: Record<ItemState, TextKey> = {
  open: "reviews.state.open",
  disputed: "reviews.state.disputed",
  settled: "reviews.state.settled",
};
const MARKS = {
  open: { tone: "plain", shape: "ring" },
  disputed: { tone: "warn", shape: "half" },
  settled: { tone: "good", shape: "disc" },
} as const;
const isState = (text: string | undefined): text is ItemState =>
  text !== undefined && Object.hasOwn(STATES, text);

/** The items of a queue and what was said of them, as far as that may be seen. */
export function ItemsTable({ queue }: { queue: Queue }) {
  const { t } = useWords();
  const navigate = useNavigate();
  const search = useSearch({ from: "/reviews/$queue" });
  const state = isState(search.state) ? search.state : undefined;
  const query = useInfiniteQuery(reviewItemsQuery(queue.name, state));
  const items = query.data?.pages.flatMap((page) => page.items);
  return (
    <Section
      title={t("reviews.items")}
      flush
      aside={
        <Select
          label={t("reviews.filter")}
          value={state ?? ""}
          options={[
            { value: "", name: t("reviews.state.all") },
            ...(Object.keys(STATES) as ItemState[]).map((each) => ({ value: each, name: t(STATES[each]) })),
          ]}
          onChange={(chosen) =>
            void navigate({
              to: "/reviews/$queue",
              params: { queue: queue.name },
              search: { state: chosen || undefined },
              replace: true,
            })
          }
        />
      }
    >
      {items ? (
        <>
          {items.length > 0 ? (
            <Rows queue={queue} items={items} />
          ) : (
            <p className={styles.nothing}>{t("reviews.none_of_state")}</p>
          )}
          {query.hasNextPage && (
            <div className={styles.rest}>
              <Button
                variant="default"
                loading={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                {t("action.more")}
              </Button>
            </div>
          )}
        </>
      ) : query.isError ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : (
        <SkeletonRows rows={4} />
      )}
    </Section>
  );
}

function Rows({ queue, items }: { queue: Queue; items: ReviewItem[] }) {
  const { t, format } = useWords();
  return (
    <Scrolling label={t("reviews.items")} className={styles.cards}>
      <table className={`${table.table} ${table.cards}`}>
        <thead>
          <tr>
            <th scope="col">{t("reviews.item")}</th>
            <th scope="col">{t("reviews.state")}</th>
            <th scope="col" className={table.wide}>
              {t("reviews.said")}
            </th>
            <th scope="col">{t("reviews.decided_by")}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.id}>
              <td>
                <span className="num faint">{format.integer(item.position)}</span> <Name item={item} />
              </td>
              <td data-label={t("reviews.state")}>
                <Badge {...MARKS[item.state]} word={t(STATES[item.state])} />
              </td>
              <td data-label={t("reviews.said")} className={table.wide}>
                <Said queue={queue} item={item} />
              </td>
              <td data-label={t("reviews.decided_by")} className="dim">
                {item.decided_by ?? <Missing reason={t("reviews.undecided")} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolling>
  );
}

const SHORT_ID = 8;

/** The item of the dataset, or the trace; it leads to the trace where there is one. */
function Name({ item: { source } }: { item: ReviewItem }) {
  const maySeeTraces = useMay("editor");
  const [output] = source.outputs ?? [];
  const name = source.item || (output?.trace_id ?? "").slice(0, SHORT_ID);
  if (!output || !maySeeTraces) return <span className="mono">{name}</span>;
  return (
    <Link className="mono quiet-link" to="/traces/$traceId" params={{ traceId: output.trace_id }}>
      {name}
    </Link>
  );
}

function Said({ queue, item }: { queue: Queue; item: ReviewItem }) {
  const words = useWords();
  const { t } = words;
  if (item.labels_given === 0) return <Missing reason={t("reviews.unlabelled")} />;
  if (item.labels === null) {
    return <span className="faint">{t("reviews.kept", { n: item.labels_given })}</span>;
  }
  const shown = item.reference ? [{ reviewer: "", answers: item.reference }] : item.labels;
  return (
    <span className={styles.answers}>
      {shown.map(({ reviewer, answers }) => (
        <span key={reviewer}>
          {reviewer && <span className="faint">{reviewer} </span>}
          {queue.questions
            .flatMap(({ name }) => {
              const answer = answers[name];
              return answer === undefined ? [] : [`${name}: ${answerWords(words, answer)}`];
            })
            .join(", ")}
        </span>
      ))}
    </span>
  );
}
