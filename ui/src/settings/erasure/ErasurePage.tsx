import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { isStatus } from "@/api/client";
import { sessionQuery } from "@/api/queries";
import { isRole, useMay } from "@/api/session";
import { Page, Section } from "@/components/Page";
import { EmptyState, ErrorState, SkeletonRows } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import { ConfirmForm } from "./ConfirmForm";
import { Counts } from "./Counts";
import { heldOf } from "./counts";
import { countQuery, type Erasure } from "./data";
import styles from "./Erasure.module.css";
import { Receipt } from "./Receipt";
import { Receipts } from "./Receipts";
import { SubjectForm } from "./SubjectForm";
import { type Subject, searchOf, sentenceOf, subjectOf } from "./subject";
import { UnderWay } from "./UnderWay";
import "./texts";

/** Erasing a user, a session or a trace: first it is counted, then erased, and what was erased so far. */
export function ErasurePage() {
  const { t } = useWords();
  return (
    <Page title={t("erasure.title")}>
      <div className={styles.page}>
        {useMay("admin") ? <Erase /> : <Forbidden />}
        <Section flush title={t("erasure.past")}>
          <Receipts />
        </Section>
      </div>
    </Page>
  );
}

function Forbidden() {
  const { t } = useWords();
  const role = useQuery(sessionQuery()).data?.principal.role ?? "";
  return (
    <p className={styles.forbidden}>
      {t("erasure.viewer", { role: isRole(role) ? t(`role.${role}`) : role })}
    </p>
  );
}

function Erase() {
  const { t } = useWords();
  const client = useQueryClient();
  const navigate = useNavigate({ from: "/settings/erasure" });
  const subject = subjectOf(useSearch({ from: "/settings/erasure" }));
  const [erased, setErased] = useState<Erasure>();
  const count = useQuery({
    ...countQuery(subject ?? { kind: "user", id: "" }),
    enabled: subject !== undefined,
  });
  const wrong = isStatus(count.error, 422) ? sentenceOf(count.error?.message ?? "") : undefined;

  function ask(next: Subject) {
    setErased(undefined);
    if (next.kind === subject?.kind && next.id === subject.id) void count.refetch();
    else void navigate({ search: searchOf(next) });
  }

  async function show(erasure: Erasure) {
    setErased(erasure);
    // The name leaves the address, and what was read of it the memory of this page.
    await navigate({ search: {}, replace: true, resetScroll: false });
    client.removeQueries({ type: "inactive" });
    await client.invalidateQueries();
  }

  return (
    <>
      <p className={styles.about}>
        {t("erasure.text")} {t("erasure.count.text")}
      </p>
      {erased?.state === "finished" && <Receipt erasure={erased} focused />}
      <UnderWay asked={erased} />
      <SubjectForm
        key={`${subject?.kind} ${subject?.id}`}
        subject={subject}
        problem={wrong}
        pending={count.isFetching}
        onCount={ask}
      />
      {subject && !wrong && (
        <Step subject={subject} count={count} onErased={(erasure) => void show(erasure)} />
      )}
    </>
  );
}

interface StepProps {
  subject: Subject;
  count: { data: Erasure | undefined; error: unknown; isError: boolean; refetch: () => unknown };
  onErased: (erasure: Erasure) => void;
}

function Step({ subject, count, onErased }: StepProps) {
  const { t } = useWords();
  const { data } = count;
  if (count.isError) return <ErrorState error={count.error} retry={() => void count.refetch()} />;
  if (!data) return <SkeletonRows rows={6} />;
  if (heldOf(data) === 0) {
    return <EmptyState icon="check" title={t("erasure.none")} text={t("erasure.none.text")} />;
  }
  return (
    <div className={styles.step}>
      <section className={styles.counted}>
        <header>
          <h2>{t("erasure.counted", { n: data.traces })}</h2>
          <Look subject={subject} />
        </header>
        <Counts erasure={data} />
      </section>
      <ConfirmForm
        key={`${subject.kind} ${subject.id}`}
        subject={subject}
        traces={data.traces}
        onErased={onErased}
      />
    </div>
  );
}

/** To the page of what would be erased. */
function Look({ subject: { kind, id } }: { subject: Subject }) {
  const { t } = useWords();
  const text = t("erasure.look");
  if (kind === "user") {
    return (
      <Link className="link" to="/users/$userId" params={{ userId: id }}>
        {text}
      </Link>
    );
  }
  if (kind === "session") {
    return (
      <Link className="link" to="/sessions/$sessionId" params={{ sessionId: id }}>
        {text}
      </Link>
    );
  }
  return (
    <Link className="link" to="/traces/$traceId" params={{ traceId: id }}>
      {text}
    </Link>
  );
}
