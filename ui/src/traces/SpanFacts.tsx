import type { ReactNode } from "react";
import type { Span } from "@/api/types";
import { CostLink } from "@/components/CostLink";
import { Tokens } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import { conditionOf } from "./conditions";
import { OnlyWith } from "./OnlyWith";
import styles from "./SpanDetail.module.css";

interface Props {
  span: Span;
  /** Seconds after the start of the trace. */
  offset: number;
}

/** The columns of a span in one line; each narrows the list to what has the same. */
export function SpanFacts({ span, offset }: Props) {
  const { t, format } = useWords();
  const model = span.response_model ? "response_model" : "request_model";
  const unpriced = span.cost_basis === "no_price";
  return (
    <div className={`${styles.facts} num`}>
      <span data-tip={t("span.offset")}>+{format.duration(offset)}</span>
      <Fact condition={conditionOf("duration_s", span.duration_s, ">=")} tip={t("traces.latency")}>
        {format.duration(span.duration_s)}
      </Fact>
      {span.operation && <Fact condition={conditionOf("operation", span.operation)}>{span.operation}</Fact>}
      {span[model] && (
        <Fact condition={conditionOf(model, span[model])}>
          {span.provider && `${span.provider} · `}
          {span[model]}
        </Fact>
      )}
      {span.agent && <Fact condition={conditionOf("agent", span.agent)}>{span.agent}</Fact>}
      {span.tool && <Fact condition={conditionOf("tool", span.tool)}>{span.tool}</Fact>}
      {span.time_to_first_token_s !== null && (
        <span data-tip={t("span.firstToken")}>{format.duration(span.time_to_first_token_s)}</span>
      )}
      {span.finish_reasons.length > 0 && (
        <span data-tip={t("span.finish")}>{span.finish_reasons.join(", ")}</span>
      )}
      {(span.input_tokens !== null || span.output_tokens !== null) && (
        <span>
          <Tokens input={span.input_tokens} output={span.output_tokens} /> {t("span.tokens")}
        </span>
      )}
      {(span.cost_usd !== null || unpriced) && (
        <Fact
          condition={span.cost_basis === "span" ? conditionOf("cost_usd", span.cost_usd, ">=") : undefined}
        >
          <CostLink value={span.cost_usd} unpriced={unpriced ? [span[model]] : undefined} />
        </Fact>
      )}
    </div>
  );
}

interface FactProps {
  condition: string | undefined;
  tip?: string;
  children: ReactNode;
}

function Fact({ condition, tip, children }: FactProps) {
  return (
    <span className={styles.fact}>
      <span data-tip={tip}>{children}</span>
      <OnlyWith condition={condition} />
    </span>
  );
}
