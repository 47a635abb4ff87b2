import { Fragment } from "react";
import type { Graph, Variant } from "@/api/graph";
import { Icon } from "@/components/Icon";
import { Section } from "@/components/Page";
import { Scrolling } from "@/components/Scrolling";
import table from "@/components/table.module.css";
import { useWords } from "@/i18n/useWords";
import { ExampleLinks } from "./ExampleLinks";
import styles from "./Graph.module.css";
import { nameOf } from "./kinds";

/** What repeats, and the ways through with how often each is gone. */
export function Patterns({ graph }: { graph: Graph }) {
  const words = useWords();
  const { t, format } = words;
  return (
    <>
      <Section title={t("graph.loops")} flush>
        {graph.loops.length + graph.retries.length === 0 ? (
          <p className={`${styles.sentence} ${styles.none}`}>{t("graph.loops.none")}</p>
        ) : (
          <Scrolling label={t("graph.loops")}>
            <table className={table.table}>
              <tbody>
                {graph.loops.map((loop) => (
                  <tr key={loop.steps.join("\n")}>
                    <td>{t("graph.loop")}</td>
                    <td>
                      <Path steps={loop.steps} />
                    </td>
                    <td>{t("graph.loop.times", { n: loop.longest })}</td>
                    <td className={`${table.right} num`}>{t("graph.summary", { n: loop.traces })}</td>
                    <td>
                      <ExampleLinks ids={loop.examples} />
                    </td>
                  </tr>
                ))}
                {graph.retries.map((retry) => (
                  <tr key={retry.step}>
                    <td>{t("graph.retry")}</td>
                    <td>{nameOf(retry.step, words)}</td>
                    <td>{t("graph.retry.times", { n: retry.count, recovered: retry.recovered })}</td>
                    <td className={`${table.right} num`}>{t("graph.summary", { n: retry.traces })}</td>
                    <td>
                      <ExampleLinks ids={retry.examples} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scrolling>
        )}
      </Section>
      <Section title={t("graph.variants")} aside={t("graph.variants.text", { n: graph.variant_count })} flush>
        <Variants
          label={t("graph.variants")}
          variants={graph.variants}
          share={(value) => format.percent(value)}
        />
      </Section>
      {graph.rare_variants.length > 0 && (
        <Section title={t("graph.rare")} flush>
          <Variants
            label={t("graph.rare")}
            variants={graph.rare_variants}
            share={(value) => format.percent(value)}
          />
        </Section>
      )}
    </>
  );
}

interface VariantsProps {
  label: string;
  variants: Variant[];
  share: (value: number) => string;
}

function Variants({ label, variants, share }: VariantsProps) {
  const { t } = useWords();
  return (
    <Scrolling label={label}>
      <table className={table.table}>
        <tbody>
          {variants.map((variant) => (
            <tr key={variant.steps.join("\n")}>
              <td>
                <Path steps={variant.steps} />
              </td>
              <td className={`${table.right} num`}>{t("graph.summary", { n: variant.traces })}</td>
              <td className={`${table.right} num`}>{share(variant.share)}</td>
              <td className={`${table.right} num`}>
                {variant.failed > 0 && t("graph.with_failure", { n: variant.failed })}
              </td>
              <td>
                <ExampleLinks ids={variant.examples} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolling>
  );
}

function Path({ steps }: { steps: string[] }) {
  const words = useWords();
  return (
    <span className={styles.path}>
      {steps.map((step, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a step may come several times and keeps its place
        <Fragment key={place}>
          {place > 0 && <Icon name="right" size={10} />}
          <span>{nameOf(step, words)}</span>
        </Fragment>
      ))}
    </span>
  );
}
