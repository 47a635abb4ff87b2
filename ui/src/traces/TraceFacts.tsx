import { Link } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useReleaseIndex } from "@/api/releases";
import { useMay } from "@/api/session";
import type { Trace } from "@/api/types";
import { Digest } from "@/components/Copy";
import { CostLink } from "@/components/CostLink";
import { Fact } from "@/components/Fact";
import { ReleaseName } from "@/components/ReleaseName";
import { Tokens, When } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import { EraseLink } from "@/settings/erasure/EraseLink";
import styles from "./Trace.module.css";

const FeedbackOn = lazy(() => import("./FeedbackOn").then((module) => ({ default: module.FeedbackOn })));

export function TraceFacts({ trace }: { trace: Trace }) {
  const { t, format } = useWords();
  const release = useReleaseIndex().get(trace.release);
  return (
    <dl className={styles.facts}>
      <Fact name={t("traces.time")}>
        <When time={trace.start_time} />
      </Fact>
      <Fact name={t("traces.latency")}>
        <span className="num">{format.duration(trace.duration_s)}</span>
      </Fact>
      <Fact name={t("traces.tokens")}>
        <Tokens input={trace.input_tokens} output={trace.output_tokens} />
      </Fact>
      <Fact name={t("traces.cost")}>
        <CostLink value={trace.cost_usd} unpriced={trace.unpriced_models} />
      </Fact>
      <Fact name={t("trace.spans")}>
        <span className="num">{format.integer(trace.span_count)}</span>
        {trace.error_count > 0 && (
          <span className={styles.bad}> {t("traces.errors", { n: trace.error_count })}</span>
        )}
      </Fact>
      {trace.release && (
        <Fact name={t("trace.release")}>
          {release ? <ReleaseName name={release.name} number={release.number} /> : trace.release_name}{" "}
          <Digest value={trace.release} />
        </Fact>
      )}
      {trace.environment && <Fact name={t("trace.environment")}>{trace.environment}</Fact>}
      {trace.run && (
        <Fact name={t("trace.run")}>
          <Link
            className="quiet-link"
            to="/runs/$runId"
            params={{ runId: trace.run }}
            search={{ item: trace.item || undefined }}
          >
            {trace.item || trace.run}
          </Link>
        </Fact>
      )}
      {trace.conversation && (
        <Fact name={t("trace.session")}>
          <Link
            className="quiet-link mono"
            to="/sessions/$sessionId"
            params={{ sessionId: trace.conversation }}
          >
            {trace.conversation}
          </Link>
        </Fact>
      )}
      {trace.user && (
        <Fact name={t("trace.user")}>
          <Link className="quiet-link" to="/users/$userId" params={{ userId: trace.user }}>
            {trace.user}
          </Link>
        </Fact>
      )}
      {trace.service && <Fact name={t("trace.service")}>{trace.service}</Fact>}
      <Fact name={t("feedback.title")}>
        <Suspense fallback={null}>
          <FeedbackOn trace={trace} />
        </Suspense>
      </Fact>
      {useMay("admin") && (
        <Fact name={t("nav.settings.erasure")}>
          <EraseLink search={{ trace: trace.trace_id }} />
        </Fact>
      )}
    </dl>
  );
}
