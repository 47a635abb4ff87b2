import { Fact } from "@/components/Fact";
import "./synthesisTexts";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ApprovalStatus, approvalQuery } from "@/api/approval";
import type { TextKey } from "@/i18n/catalogue";
import { useWords } from "@/i18n/useWords";
import styles from "./Provenance.module.css";
import type { Finding, Provenance } from "./provenance";

interface Props {
  dataset: string;
  version: number;
  item: string;
  made: Provenance;
}

const METHODS: Record<string, TextKey> = {
  documents: "synthesis.documents",
  failures: "synthesis.failures",
  mutation: "synthesis.mutation",
};
const CHECKS: Record<string, TextKey> = {
  answerable: "synthesis.answerable",
  leak: "synthesis.leak",
  duplicate: "synthesis.duplicate",
};

/** Of an item that a model made: what of, by whom, what the checks found, and whether a person approved it. */
export function ProvenanceView({ dataset, version, item, made }: Props) {
  const { t } = useWords();
  const approval = useQuery(approvalQuery(dataset, String(version))).data;
  const method = METHODS[made.method];
  return (
    <section>
      <h2>{t("synthesis.made")}</h2>
      <dl className={styles.facts}>
        <Fact name={t("synthesis.made_of")}>
          {method && <>{t(method)}: </>}
          <Origin source={made.source} />
        </Fact>
        {made.quote && (
          <Fact name={t("synthesis.quote")}>
            <q>{made.quote}</q>
          </Fact>
        )}
        {made.mutation && <Fact name={t("synthesis.way")}>{made.mutation}</Fact>}
        {made.persona && <Fact name={t("synthesis.persona")}>{made.persona}</Fact>}
        <Fact name={t("synthesis.model")}>
          {made.model ? <span className="mono">{made.model}</span> : t("synthesis.code")}
        </Fact>
        {made.seed !== undefined && (
          <Fact name={t("synthesis.seed")}>
            <span className="num">{made.seed}</span>
          </Fact>
        )}
        {made.checks.length > 0 && (
          <Fact name={t("synthesis.checks")}>
            <ul className={styles.checks}>
              {made.checks.map((finding) => (
                <Check key={finding.name} finding={finding} />
              ))}
            </ul>
          </Fact>
        )}
        {approval && (
          <Fact name={t("synthesis.approval")}>
            <Approval approval={approval} item={item} />
          </Fact>
        )}
      </dl>
    </section>
  );
}

function Origin({ source }: { source: Record<string, unknown> }) {
  const { t } = useWords();
  const { document, section, trace_id, dataset, item } = source;
  if (typeof trace_id === "string") {
    return (
      <Link className="link" to="/traces/$traceId" params={{ traceId: trace_id }}>
        {t("sample.trace")}
      </Link>
    );
  }
  if (typeof dataset === "string" && typeof item === "string") {
    const name = dataset.split("@")[0] ?? dataset;
    return (
      <Link className="link" to="/datasets/$name" params={{ name }} search={{ item }}>
        {name} · {item}
      </Link>
    );
  }
  return <>{[document, section].filter((part) => typeof part === "string" && part).join(" › ") || "–"}</>;
}

function Check({ finding: { name, passed, method, model, nearest } }: { finding: Finding }) {
  const { t } = useWords();
  const text = CHECKS[name];
  return (
    <li>
      <span className={styles.mark} data-passed={passed}>
        {passed ? "✓" : "✗"}
      </span>{" "}
      {text ? t(text) : name}
      {method?.startsWith("baseline") && <span className="dim">, {t("synthesis.baseline")}</span>}
      {method === "judge" && model && <span className="dim">, {t("synthesis.judged", { model })}</span>}
      {nearest !== undefined && (
        <span className="dim">, {t("synthesis.nearest", { similarity: nearest.toFixed(2) })}</span>
      )}
    </li>
  );
}

function Approval({ approval, item }: { approval: ApprovalStatus; item: string }) {
  const { t } = useWords();
  if (!approval.required) return <>{t("approval.free")}</>;
  const state = approval.states[item] ?? "unseen";
  return (
    <>
      {t(`approval.${state}`)}
      {approval.queue && (
        <>
          {" · "}
          <Link className="link" to="/reviews/$queue" params={{ queue: approval.queue }}>
            {approval.queue}
          </Link>
        </>
      )}
    </>
  );
}
