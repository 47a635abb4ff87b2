import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { CopyButton } from "@/components/Copy";
import { downloadUrl } from "@/components/download";
import { Fact } from "@/components/Fact";
import { Icon } from "@/components/Icon";
import { useWords } from "@/i18n/useWords";
import { Counts } from "./Counts";
import { type Erasure, receiptsQuery } from "./data";
import styles from "./Erasure.module.css";

interface Props {
  erasure: Erasure;
  /** Whether the focus goes there: the form that had it is gone, and stood further down. */
  focused: boolean;
}

/** What is gone, that nothing is left, and where the audit chain has it. */
export function Receipt({ erasure, focused }: Props) {
  const { t, format } = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  const receipts = useInfiniteQuery(receiptsQuery()).data?.pages.flatMap((page) => page.items) ?? [];
  const entry = receipts.find((each) => each.resource === `erasure/${erasure.id}`);
  useEffect(() => {
    if (!focused) return;
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: "start" });
  }, [focused]);

  function save() {
    const text = JSON.stringify({ ...erasure, audit_entry: entry ?? null }, null, 2);
    const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    downloadUrl(url, `erasure-${erasure.id}.json`);
    URL.revokeObjectURL(url);
  }

  return (
    <section className={styles.receipt} aria-label={t("erasure.receipt")}>
      <header>
        <Icon name="check" size={14} />
        <h2 ref={heading} tabIndex={-1}>
          {t("erasure.done")}
        </h2>
        <Button variant="default" leftSection={<Icon name="download" size={14} />} onClick={save}>
          {t("erasure.receipt.save")}
        </Button>
      </header>
      <p className={styles.text}>{t("erasure.done.text")}</p>
      <dl>
        <Fact name={t("erasure.receipt")}>
          <span className="mono">{erasure.id}</span>
          <CopyButton text={erasure.id} label={t("erasure.receipt.copy")} />
        </Fact>
        <Fact name={t("erasure.subject")}>
          <span className="mono" data-tip={t("erasure.subject.text")}>
            {erasure.subject}
          </span>
          <CopyButton text={erasure.subject} label={t("erasure.subject.copy")} />
        </Fact>
        <Fact name={t("erasure.traces")}>
          <span className="num">{format.integer(erasure.traces)}</span>
        </Fact>
        {entry && (
          <Fact name={t("nav.audit")}>
            <Link className="link" to="/audit" search={{ entry: String(entry.seq) }}>
              {t("erasure.audit", { seq: entry.seq })}
            </Link>
          </Fact>
        )}
      </dl>
      <Counts erasure={erasure} />
    </section>
  );
}
