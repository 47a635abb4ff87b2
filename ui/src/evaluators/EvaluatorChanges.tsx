import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type EvaluatorDetail, evaluatorQuery } from "@/api/evaluators";
import { artifactQuery } from "@/api/queries";
import { TextDiff } from "@/components/Code";
import { Select } from "@/components/Select";
import { EmptyState, Loaded } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import styles from "./Evaluators.module.css";

interface Props {
  name: string;
  number: number;
  against?: string;
}

/** Two versions as text: the code, what the judge is told, and the parameters. */
export function EvaluatorChanges({ name, number, against }: Props) {
  const { t } = useWords();
  const navigate = useNavigate({ from: "/evaluators/$name" });
  const history = useQuery(artifactQuery("evaluator", name));
  return (
    <Loaded query={history}>
      {({ versions }) => {
        const others = versions.filter((version) => version.number !== number);
        const before =
          others.find((version) => String(version.number) === against)?.number ??
          others.find((version) => version.number < number)?.number ??
          others[0]?.number;
        if (before === undefined) {
          return (
            <EmptyState icon="compare" title={t("evaluator.only_one")} text={t("evaluator.only_one.text")} />
          );
        }
        return (
          <>
            <div className={styles.against}>
              <span className="dim">{t("evaluator.against")}</span>
              <Select
                label={t("evaluator.against")}
                value={String(before)}
                onChange={(chosen) =>
                  void navigate({
                    search: (now) => ({ ...now, tab: "changes", against: chosen }),
                    replace: true,
                  })
                }
                options={others.map((version) => ({
                  value: String(version.number),
                  name: version.message ? `@${version.number} · ${version.message}` : `@${version.number}`,
                }))}
              />
            </div>
            <Difference name={name} from={before} to={number} />
          </>
        );
      }}
    </Loaded>
  );
}

function Difference({ name, from, to }: { name: string; from: number; to: number }) {
  const before = useQuery(evaluatorQuery(name, String(from)));
  const after = useQuery(evaluatorQuery(name, String(to)));
  return (
    <Loaded query={before}>
      {(old) => <Loaded query={after}>{(now) => <Texts before={old} after={now} />}</Loaded>}
    </Loaded>
  );
}

function Texts({ before, after }: { before: EvaluatorDetail; after: EvaluatorDetail }) {
  const { t } = useWords();
  const parts = [
    { title: t("evaluator.source"), before: before.source, after: after.source },
    { title: t("evaluator.told"), before: before.told, after: after.told },
    { title: t("evaluator.settings"), before: settingsOf(before), after: settingsOf(after) },
  ].filter((part) => part.before !== part.after);
  if (parts.length === 0) {
    return <EmptyState icon="check" title={t("evaluator.same")} text={t("evaluator.same.text")} />;
  }
  return parts.map((part) => (
    <section key={part.title} className={styles.difference}>
      <h2>{part.title}</h2>
      <TextDiff before={part.before} after={part.after} label={part.title} />
    </section>
  ));
}

/** What the version's file says, a line each. */
const settingsOf = (evaluator: EvaluatorDetail) =>
  JSON.stringify(
    { description: evaluator.description, function: evaluator.function, parameters: evaluator.parameters },
    null,
    2,
  );
