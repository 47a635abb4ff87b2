import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { wholeTraceQuery } from "@/api/queries";
import type { Span } from "@/api/types";
import { Icon } from "@/components/Icon";
import { Loaded } from "@/components/States";
import { VirtualRows } from "@/components/VirtualRows";
import { useWords } from "@/i18n/useWords";
import { type AlignedRow, alignTraces } from "./align";
import styles from "./Comparison.module.css";
import { SpanDifference } from "./SpanDifference";
import { iconOf, toneOf } from "./spanKind";
import trace from "./Trace.module.css";
import "./againstTexts";

interface Props {
  traceId: string;
  against: string;
}

/** What two traces did, as one tree: what changed, what came, what went, and the texts that differ. */
export function TraceComparison({ traceId, against }: Props) {
  const before = useQuery(wholeTraceQuery(against));
  const after = useQuery(wholeTraceQuery(traceId));
  return (
    <Loaded query={before}>
      {(from) => (
        <Loaded query={after}>
          {(to) => <Comparison before={from.spans} after={to.spans} against={against} />}
        </Loaded>
      )}
    </Loaded>
  );
}

const ROW = 28;
const INDENT = 14;
const DEEPEST_INDENT = 12;

function Comparison({ before, after, against }: { before: Span[]; after: Span[]; against: string }) {
  const { t } = useWords();
  const rows = useMemo(() => alignTraces(before, after), [before, after]);
  const [chosenKey, setChosenKey] = useState<string>();
  const chosen =
    rows.find((row) => row.key === chosenKey) ?? rows.find((row) => row.change !== "same") ?? rows[0];
  const count = (change: AlignedRow["change"]) => rows.filter((row) => row.change === change).length;
  return (
    <>
      <p className={styles.summary}>
        <span className="dim">{t("against.that")}</span>{" "}
        <Link className="link mono" to="/traces/$traceId" params={{ traceId: against }} search={{}}>
          {against.slice(0, 8)}
        </Link>
        <span className="num">
          {t("against.summary", {
            changed: count("changed"),
            added: count("added"),
            removed: count("removed"),
          })}
        </span>
      </p>
      <div className={trace.view}>
        <div className={trace.tree}>
          <VirtualRows
            rows={rows}
            rowHeight={ROW}
            keyOf={(row) => row.key}
            label={t("against.tree")}
            selected={chosen?.key}
            onSelect={(row) => setChosenKey(row.key)}
            render={(row) => (
              <ComparedRow row={row} chosen={row === chosen} onChoose={() => setChosenKey(row.key)} />
            )}
          />
        </div>
        <div className={trace.detail}>{chosen && <SpanDifference key={chosen.key} row={chosen} />}</div>
      </div>
    </>
  );
}

const SIGNS = { same: "", changed: "±", added: "+", removed: "−" } as const;

interface RowProps {
  row: AlignedRow;
  chosen: boolean;
  onChoose: () => void;
}

function ComparedRow({ row, chosen, onChoose }: RowProps) {
  const { t, format } = useWords();
  const span = row.after ?? row.before;
  if (!span) return null;
  const took = (one: Span | undefined) => (one ? format.duration(one.duration_s) : "");
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree takes the arrow keys, the button inside takes Enter
    // biome-ignore lint/a11y/noStaticElementInteractions: as above
    <div className={styles.row} data-change={row.change} data-chosen={chosen || undefined} onClick={onChoose}>
      <span
        className={`${styles.sign} num`}
        role="img"
        aria-label={row.change === "same" ? undefined : t(`against.${row.change}`)}
        aria-hidden={row.change === "same"}
        data-tip={row.change === "same" ? undefined : t(`against.${row.change}`)}
      >
        {SIGNS[row.change]}
      </span>
      <span className={trace.label} style={{ paddingLeft: Math.min(row.depth, DEEPEST_INDENT) * INDENT }}>
        <span className={trace.kind} data-tone={toneOf(span)}>
          <Icon name={iconOf(span)} size={14} />
        </span>
        <button type="button" className={`${trace.spanName} clip`} onClick={onChoose} tabIndex={-1}>
          {span.name}
        </button>
      </span>
      <span className={`${styles.took} faint num`} data-tip={t("against.that")}>
        {took(row.before)}
      </span>
      <span className={`${styles.took} num`} data-tip={t("against.this")}>
        {took(row.after)}
      </span>
    </div>
  );
}
