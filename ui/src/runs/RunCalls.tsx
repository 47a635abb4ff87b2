import type { Run } from "@/api/types";
import { Cost } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import "./callsTexts";

/** What the model calls of a run came to, and what bounds them: facts beside those of the run. */
export function RunCalls({ run }: { run: Run }) {
  const { t, format } = useWords();
  const calls = run.calls;
  if (!calls) return null;
  const { max_cost_usd: maxCost, max_tokens: maxTokens } = optionsOf(run);
  const others = [
    calls.cached > 0 && t("run.calls.cached", { n: format.integer(calls.cached) }),
    calls.refused > 0 && t("run.calls.refused", { n: format.integer(calls.refused) }),
  ].filter(Boolean);
  const unknown = calls.unpriced > 0 && calls.spent_usd === 0;
  return (
    <>
      <span>
        {t("run.calls")}
        <b className="num">{format.integer(calls.answered)}</b>
        {others.length > 0 && ` (${others.join(", ")})`}
      </span>
      <span>
        {t("run.tokens")}
        <b className="num">
          {format.integer(calls.spent_tokens)}
          {maxTokens && ` / ${format.integer(maxTokens)}`}
        </b>
      </span>
      <span>
        {t("run.spent")}
        <b className="num">
          {unknown ? t("cost.no_price") : <Cost value={calls.spent_usd} />}
          {maxCost && ` / ${format.cost(maxCost)}`}
        </b>
        {calls.unpriced > 0 && !unknown && ` ${t("run.unpriced", { n: format.integer(calls.unpriced) })}`}
      </span>
    </>
  );
}

interface Options {
  max_cost_usd?: number;
  max_tokens?: number;
  cache?: boolean;
}

/** The options that a run was given. */
export function optionsOf(run: Run): Options {
  return (run.settings.options ?? {}) as Options;
}
