import { useWords } from "@/i18n/useWords";
import styles from "./Value.module.css";

/** A dash for what is not known; the reason is in its tooltip and read aloud. */
export function Missing({ reason }: { reason: string }) {
  return (
    <span className={styles.missing} data-tip={reason} role="img" aria-label={reason}>
      –
    </span>
  );
}

/** A mark before a figure of which only a share was seen. */
export function Estimated({ when }: { when: boolean }) {
  const { t } = useWords();
  const reason = t("overview.estimated");
  return when ? (
    <span className="faint" data-tip={reason} role="img" aria-label={reason}>
      ≈{" "}
    </span>
  ) : null;
}

interface NumberProps {
  value: number | null | undefined;
  missing: string;
  show: (value: number) => string;
}

/** A number in its format, or a dash with the reason. */
export function NumberValue({ value, missing, show }: NumberProps) {
  if (value === null || value === undefined || Number.isNaN(value)) return <Missing reason={missing} />;
  return <span className="num">{show(value)}</span>;
}

interface CostProps {
  value: number | null | undefined;
  /** Models whose tokens have no price: the value is without them. */
  unpriced?: string[];
}

const NONE: string[] = [];

/** What calls cost, or which of two reasons there is none: no price, or nothing to price. */
export function Cost({ value, unpriced = NONE }: CostProps) {
  const { t, format } = useWords();
  if (unpriced.length === 0) {
    return <NumberValue value={value} missing={t("missing.cost")} show={format.cost} />;
  }
  const models = unpriced.map((name) => name || t("cost.unnamed")).join(", ");
  if (value === null || value === undefined) {
    return (
      <span className={styles.missing} data-tip={t("missing.price", { models })}>
        {t("cost.no_price")}
      </span>
    );
  }
  return (
    <span className="num" data-tip={t("cost.partly", { models })}>
      {format.cost(value)} +
    </span>
  );
}

export function Tokens({ input, output }: { input: number | null; output: number | null }) {
  const { t, format } = useWords();
  if (input === null && output === null) return <Missing reason={t("missing.tokens")} />;
  const show = (value: number | null) => (value === null ? "–" : format.compact(value));
  return (
    <span className="num" data-tip={t("tokens.detail", { input: show(input), output: show(output) })}>
      {show(input)} → {show(output)}
    </span>
  );
}

/** How long ago, with the exact time in the tooltip. */
export function When({ time }: { time: string | null | undefined }) {
  const { t, format } = useWords();
  if (!time) return <Missing reason={t("missing.time")} />;
  return (
    <time className="num" dateTime={time} data-tip={format.exact(time)}>
      {format.relative(time)}
    </time>
  );
}
