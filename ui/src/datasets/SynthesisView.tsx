import "./makingTexts";
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { useMay } from "@/api/session";
import { cancelSynthesis, isMaking, type Synthesis } from "@/api/syntheses";
import { Problem } from "@/components/Problem";
import { When } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import styles from "./Making.module.css";

interface Props {
  synthesis: Synthesis;
  /** Called when its items are looked at. */
  onShow?: () => void;
}

/** One synthesis: how far it is, what was taken, and what was not and why. */
export function SynthesisView({ synthesis, onShow }: Props) {
  const { t, format } = useWords();
  const client = useQueryClient();
  const { report, calls, request, state, version } = synthesis;
  const making = isMaking(synthesis);
  const share = report.tasks ? report.done / report.tasks : 0;

  // The dataset has a newer version once it is done.
  // biome-ignore lint/correctness/useExhaustiveDependencies: asks again when the version comes
  useEffect(() => {
    if (!version) return;
    for (const key of ["datasets", "artifact", "artifacts", "approval", "items"]) {
      void client.invalidateQueries({ queryKey: [key] });
    }
  }, [version?.digest]);

  return (
    <div className={styles.synthesis}>
      <div className={styles.head}>
        <span className={styles.state} data-state={state} role="status">
          {t(`making.state.${state}`)}
        </span>
        <span>{t(`making.of.${request.source.kind}`)}</span>
        {request.model && <span className="mono">{request.model}</span>}
        <span className="faint">
          {synthesis.by} · <When time={synthesis.created} />
        </span>
        {making && <Cancel id={synthesis.id} dataset={synthesis.dataset} />}
      </div>
      {making && (
        <div
          className={styles.bar}
          role="progressbar"
          aria-label={t("making.progress")}
          aria-valuenow={Math.round(share * 100)}
          aria-valuemin={0}
          aria-valuemax={100}
        >
          <span style={{ width: `${share * 100}%` }} />
        </div>
      )}
      <dl className={`${styles.counts} num`}>
        <Count name={t("making.drafts")} n={report.drafts} />
        <Count name={t("making.taken")} n={report.taken} />
        <Count name={t("making.already")} n={report.already} />
        <Count name={t("making.rejected")} n={report.rejected.length} />
      </dl>
      {calls.answered > 0 && (
        <p className="faint num">
          {calls.spent_usd > 0
            ? t("making.spent", { n: calls.answered, cost: format.metric("cost_usd", calls.spent_usd) })
            : t("making.calls", { n: calls.answered })}
        </p>
      )}
      {synthesis.error && <p className={styles.error}>{synthesis.error}</p>}
      {report.unfit > 0 && <p className="dim">{t("making.unfit", { n: report.unfit })}</p>}
      {version && (
        <Link
          className="link"
          to="/datasets/$name"
          params={{ name: version.name }}
          search={{ version: String(version.number), made: "model" }}
          onClick={onShow}
        >
          {t("making.show", { version: version.number })}
        </Link>
      )}
      <NotTaken report={report} />
    </div>
  );
}

function Count({ name, n }: { name: string; n: number }) {
  const { format } = useWords();
  return (
    <div>
      <dt>{name}</dt>
      <dd>{format.integer(n)}</dd>
    </div>
  );
}

function NotTaken({ report }: { report: Synthesis["report"] }) {
  const { t } = useWords();
  const left = report.rejected.length + report.unwritten.length;
  if (left === 0) return null;
  return (
    <details className={styles.rejected}>
      <summary>
        {t("making.rejected.title")} <span className="num">({left})</span>
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls is reached by the keyboard */}
      <ul tabIndex={0} aria-label={t("making.rejected.title")}>
        {report.rejected.map(({ question, answer, check, reason }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same question may be refused twice
          <li key={index}>
            {question}
            <span className="dim">{answer}</span>
            <span className="faint">
              {t(`making.check.${check}`)}: {reason}
            </span>
          </li>
        ))}
        {report.unwritten.map(({ source, reason }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same place may be refused twice
          <li key={`unwritten-${index}`}>
            {t("making.unwritten")}
            <span className="dim mono">{placeOf(source)}</span>
            <span className="faint">{reason}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

const placeOf = (source: Record<string, unknown>) =>
  String(source.chunk ?? source.trace_id ?? source.item ?? source.document ?? "–");

function Cancel({ id, dataset }: { id: string; dataset: string }) {
  const { t } = useWords();
  const client = useQueryClient();
  const mayEdit = useMay("editor");
  const cancel = useMutation({
    mutationFn: () => cancelSynthesis(id),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ["synthesis", id] });
      void client.invalidateQueries({ queryKey: ["syntheses", dataset] });
    },
  });
  if (!mayEdit) return null;
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        data-tip={t("making.cancel.text")}
        loading={cancel.isPending}
        onClick={() => cancel.mutate()}
      >
        {t("making.cancel")}
      </Button>
      <Problem error={cancel.error} />
    </>
  );
}
