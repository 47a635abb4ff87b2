import type { ReactNode } from "react";
import type { EvaluatorDetail } from "@/api/evaluators";
import { Code } from "@/components/Code";
import { Command, CopyButton, Digest } from "@/components/Copy";
import { Fact } from "@/components/Fact";
import { JsonTree } from "@/components/JsonTree";
import { useWords } from "@/i18n/useWords";
import styles from "./Evaluators.module.css";

/** Parameters that have a place of their own on the page. */
const SHOWN = new Set(["model", "criteria", "scores", "questions"]);

export function EvaluatorContents({ evaluator }: { evaluator: EvaluatorDetail }) {
  const { t } = useWords();
  const { parameters, scale, source, told } = evaluator;
  const rest = Object.fromEntries(Object.entries(parameters).filter(([name]) => !SHOWN.has(name)));
  const questions = Array.isArray(parameters.questions) ? parameters.questions.map(String) : [];
  return (
    <div className={styles.contents}>
      <div className={styles.column}>
        {evaluator.problem && (
          <p className={styles.problem} role="alert">
            {evaluator.problem}
          </p>
        )}
        {evaluator.description && <p className={styles.lead}>{evaluator.description}</p>}
        {typeof parameters.criteria === "string" && (
          <Part title={t("evaluator.criteria")} copy={parameters.criteria}>
            <p className={styles.text}>{parameters.criteria}</p>
          </Part>
        )}
        {questions.length > 0 && (
          <Part title={t("evaluator.questions")}>
            <ol className={styles.questions}>
              {questions.map((question) => (
                <li key={question}>{question}</li>
              ))}
            </ol>
          </Part>
        )}
        {scale.length > 0 && (
          <Part title={t("evaluator.scale")}>
            <dl className={styles.scale}>
              {scale.map(({ value, meaning }) => (
                <div key={value}>
                  <dt className="num">{value}</dt>
                  <dd>{meaning}</dd>
                </div>
              ))}
            </dl>
          </Part>
        )}
        {told && (
          <Part title={t("evaluator.told")} copy={told} about={t("evaluator.told.text")}>
            <Code text={told} language="text" label={t("evaluator.told")} />
          </Part>
        )}
        {source && (
          <Part title={t("evaluator.source")} copy={source} about={t("evaluator.source.text")}>
            <Code text={source} language="text" label={t("evaluator.source")} />
          </Part>
        )}
        {!told && !evaluator.problem && (
          <Part title={t("evaluator.use")}>
            <div className={styles.text}>
              <Command
                text={`windlass eval release/NAME@latest --dataset dataset/NAME@latest --evaluator ${evaluator.name}`}
              />
            </div>
          </Part>
        )}
      </div>
      <div className={styles.column}>
        <Part title={t("evaluator.facts")}>
          <dl className={styles.facts}>
            <Fact name={t("evaluators.kind")}>
              {evaluator.kind === "judge" ? t("evaluator.judge.text") : t("evaluator.code.text")}
            </Fact>
            <Fact name={t("evaluator.function")}>
              <span className="mono">{evaluator.function}</span>
            </Fact>
            {evaluator.model && (
              <Fact name={t("evaluators.asks")}>
                <span className="mono">{evaluator.model}</span>
              </Fact>
            )}
            <Fact name={t("evaluator.direction")}>
              {evaluator.higher_is_better ? t("evaluator.higher") : t("evaluator.lower")}
            </Fact>
            <Fact name={t("evaluators.needs")}>
              {evaluator.needs.length ? (
                <span className="mono">{evaluator.needs.join(", ")}</span>
              ) : (
                t("evaluator.needs_nothing")
              )}
            </Fact>
            {evaluator.prompt && (
              <Fact name={t("evaluator.prompt")}>
                <Digest value={evaluator.prompt} />
              </Fact>
            )}
          </dl>
        </Part>
        {Object.keys(rest).length > 0 && (
          <Part title={t("evaluator.parameters")} copy={JSON.stringify(parameters, null, 2)}>
            <div className={styles.text}>
              <JsonTree value={rest} open={3} />
            </div>
          </Part>
        )}
      </div>
    </div>
  );
}

interface PartProps {
  title: string;
  about?: string;
  copy?: string;
  children: ReactNode;
}

function Part({ title, about, copy, children }: PartProps) {
  const { t } = useWords();
  return (
    <section className={styles.part}>
      <header>
        <h2>{title}</h2>
        {about && <span className="faint clip">{about}</span>}
        {copy && <CopyButton text={copy} label={t("copy.text")} />}
      </header>
      {children}
    </section>
  );
}
