import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { CopyButton } from "@/components/Copy";
import { Fact } from "@/components/Fact";
import { Icon } from "@/components/Icon";
import { ErrorState } from "@/components/States";
import { When } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import { Counts } from "./Counts";
import { type Erasure, erasuresQuery, isUnderWay, openFailures } from "./data";
import styles from "./Erasure.module.css";
import { Receipt } from "./Receipt";
import { KINDS } from "./subject";

/** The erasures that have not ended, those that ended before these eyes, and those that failed and wait for another. */
export function UnderWay({ asked }: { asked: Erasure | undefined }) {
  const query = useQuery(erasuresQuery());
  const items = query.data?.items ?? [];
  const seen = useSeen(items);
  if (!query.data && query.isError) {
    return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  }
  return (
    <>
      {items.filter(isUnderWay).map((erasure) => (
        <Going key={erasure.id} erasure={erasure} focused={erasure.id === asked?.id} />
      ))}
      {items
        .filter(({ id, state }) => state === "finished" && seen.has(id) && !isReceipt(asked, id))
        .map((erasure) => (
          <Receipt key={erasure.id} erasure={erasure} focused={erasure.id === asked?.id && !isTyping()} />
        ))}
      {openFailures(items).map((erasure) => (
        <Failed key={erasure.id} erasure={erasure} />
      ))}
    </>
  );
}

/** Whether who waits does something else meanwhile, and is left alone. */
const isTyping = () => document.activeElement instanceof HTMLInputElement;

/** Whether the answer to who asked was the end already, and stands as that. */
const isReceipt = (asked: Erasure | undefined, id: string) => asked?.id === id && asked.state === "finished";

/** Remembers what was seen under way; when it is finished, what was read of it leaves the memory of this page. */
function useSeen(items: Erasure[]): ReadonlySet<string> {
  const client = useQueryClient();
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const going = items.filter(isUnderWay).map(({ id }) => id);
  const ended = items.filter(({ id, state }) => state === "finished" && seen.has(id)).length;
  const fresh = going.filter((id) => !seen.has(id));
  if (fresh.length > 0) setSeen(new Set([...seen, ...fresh]));
  useEffect(() => {
    if (ended === 0) return;
    client.removeQueries({ type: "inactive" });
    void client.invalidateQueries();
  }, [client, ended]);
  return seen;
}

function Going({ erasure, focused }: { erasure: Erasure; focused: boolean }) {
  const { t } = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  // The form that had the focus is gone, and stood further down.
  useEffect(() => {
    if (!focused) return;
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: "start" });
  }, [focused]);
  const isCounted = Object.keys(erasure.rows).length > 0;
  const stands = erasure.state === "waiting" ? "erasure.going.waiting" : "erasure.going.counting";
  const what = useWhat(erasure);
  return (
    <section className={styles.going} aria-label={t("erasure.going", { what })}>
      <header>
        <Icon name="runs" size={14} />
        <h2 ref={heading} tabIndex={-1}>
          {t("erasure.going", { what })}
        </h2>
      </header>
      <p className={styles.text}>{t("erasure.going.text")}</p>
      <Facts erasure={erasure} />
      {isCounted ? <Counts erasure={erasure} /> : <p className={`${styles.text} dim`}>{t(stands)}</p>}
    </section>
  );
}

function Failed({ erasure }: { erasure: Erasure }) {
  const { t } = useWords();
  const what = useWhat(erasure);
  return (
    <section className={styles.failed} aria-label={t("erasure.failed", { what })}>
      <header>
        <Icon name="warning" size={14} />
        <h2>{t("erasure.failed", { what })}</h2>
      </header>
      <p className={styles.text}>
        {erasure.error} <span className="dim">{t("erasure.failed.text")}</span>
      </p>
      <Facts erasure={erasure} />
    </section>
  );
}

function useWhat({ kind }: Erasure) {
  const { t } = useWords();
  const known = KINDS.find((each) => each === kind);
  return known ? t(`erasure.kind.${known}`) : kind;
}

function Facts({ erasure }: { erasure: Erasure }) {
  const { t } = useWords();
  return (
    <dl>
      <Fact name={t("erasure.asked")}>
        <When time={erasure.created} /> <span className="dim">{erasure.by}</span>
      </Fact>
      {erasure.reason && <Fact name={t("erasure.reason")}>{erasure.reason}</Fact>}
      <Fact name={t("erasure.subject")}>
        <span className="mono" data-tip={t("erasure.subject.text")}>
          {erasure.subject}
        </span>
        <CopyButton text={erasure.subject} label={t("erasure.subject.copy")} />
      </Fact>
    </dl>
  );
}
