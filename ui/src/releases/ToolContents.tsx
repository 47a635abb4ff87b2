import { useWords } from "@/i18n/useWords";
import { isFields } from "./contents";
import { FoldedValue } from "./FoldedValue";
import styles from "./Releases.module.css";
import { type Argument, addressOf, argumentsOf, variablesOf } from "./tool";

const EFFECTS = ["read", "write", "egress"] as const;

/** What a model is told of a tool, what a call of it does, and where it is reached. */
export function ToolContents({ body }: { body: Record<string, unknown> }) {
  const { t } = useWords();
  const variables = variablesOf(body);
  const effect = EFFECTS.find((each) => each === body.effect);
  return (
    <>
      <p className={styles.toolText}>{String(body.description ?? "")}</p>
      <dl className={styles.settings}>
        <div>
          <dt>{t("tool.effect")}</dt>
          <dd>{effect && t(`tool.effect.${effect}`)}</dd>
        </div>
        {typeof body.function === "string" && body.function && (
          <div>
            <dt>{t("tool.function")}</dt>
            <dd className="mono">{body.function}</dd>
          </div>
        )}
        <div>
          <dt>{t("tool.address")}</dt>
          <dd className="mono">{addressOf(body)}</dd>
        </div>
        {variables.length > 0 && (
          <div>
            <dt>{t("tool.variables")}</dt>
            <dd className="mono">{variables.join(", ")}</dd>
          </div>
        )}
        {argumentsOf(body.parameters).map((argument) => (
          <div key={argument.name}>
            <dt className="mono">
              {argument.name}
              {argument.required ? "" : "?"}
            </dt>
            <dd>
              <ArgumentText argument={argument} />
            </dd>
          </div>
        ))}
        <div>
          <dt>{t("tool.schema")}</dt>
          <dd>{isFields(body.parameters) && <FoldedValue value={body.parameters} />}</dd>
        </div>
      </dl>
    </>
  );
}

function ArgumentText({ argument }: { argument: Argument }) {
  const { t } = useWords();
  return (
    <>
      <span className="mono">{argument.type}</span>
      {argument.fallback && <span className="dim"> {t("tool.default", { value: argument.fallback })}</span>}
      {argument.description && <div className="dim">{argument.description}</div>}
    </>
  );
}
