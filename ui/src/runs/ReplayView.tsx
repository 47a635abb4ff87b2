import { Link } from "@tanstack/react-router";
import type { Sample } from "@/api/types";
import { JsonTree } from "@/components/JsonTree";
import { useWords } from "@/i18n/useWords";
import styles from "./Replay.module.css";
import "./targetsTexts";

type Replay = NonNullable<Sample["replay"]>;
type Call = Replay["calls"][number];

/** Where a replayed sample left its record, and where the results of its tools came from. */
export function ReplayView({ replay }: { replay: Replay }) {
  const { t } = useWords();
  const left = replay.divergence;
  return (
    <section>
      <h2>
        {t("replay.title")}
        <Link className="link" to="/traces/$traceId" params={{ traceId: replay.trace_id }}>
          {t("replay.trace")}
        </Link>
      </h2>
      <div className={styles.verdict} data-left={left !== null || undefined}>
        <p>{left ? t("replay.left", { n: left.index }) : t("replay.kept")}</p>
        {left && (
          <dl>
            <dt>{t("replay.expected")}</dt>
            <dd>
              {left.expected ? (
                <Shown tool={left.expected.tool} given={left.expected.arguments} />
              ) : (
                t("replay.expected.none")
              )}
            </dd>
            <dt>{t("replay.actual")}</dt>
            <dd>
              <Shown tool={left.actual.tool} given={left.actual.arguments} />
            </dd>
          </dl>
        )}
        {left && <p className="faint">{t(replay.stopped ? "replay.stopped" : "replay.went_on")}</p>}
        {replay.unused > 0 && (
          <p className="faint">
            {replay.unused === 1 ? t("replay.unused.one") : t("replay.unused", { n: replay.unused })}
          </p>
        )}
      </div>
      {replay.calls.length > 0 && (
        <ol className={styles.calls} aria-label={t("replay.calls")}>
          {replay.calls.map((call, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: calls have no name but their place
            <CallRow key={place} call={call} left={left?.index === place + 1} />
          ))}
        </ol>
      )}
    </section>
  );
}

function CallRow({ call, left }: { call: Call; left: boolean }) {
  const { t } = useWords();
  return (
    <li data-left={left || undefined}>
      <div className={styles.call}>
        <Shown tool={call.tool} given={call.arguments} />
        <span className={styles.source} data-source={call.source}>
          {t(`replay.source.${call.source}`)}
        </span>
      </div>
      {call.result !== null && call.result !== undefined && (
        <div className={styles.result} data-outcome={call.outcome}>
          <JsonTree value={call.result} />
        </div>
      )}
    </li>
  );
}

function Shown({ tool, given }: { tool: string; given: Record<string, unknown> }) {
  // By name, so that two calls of a tool can be held against each other.
  const sorted = Object.entries(given).sort(([some], [other]) => some.localeCompare(other));
  const told = sorted.map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return (
    <code className={styles.shown}>
      <b>{tool}</b>({told.join(", ")})
    </code>
  );
}
