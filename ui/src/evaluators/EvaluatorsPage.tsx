import "./texts";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type EvaluatorSummary, evaluatorsQuery } from "@/api/evaluators";
import { Page, Section } from "@/components/Page";
import { Scrolling } from "@/components/Scrolling";
import { EmptyState, Loaded } from "@/components/States";
import table from "@/components/table.module.css";
import { When } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import styles from "./Evaluators.module.css";
import { KindTag } from "./KindTag";

export function EvaluatorsPage() {
  const { t } = useWords();
  const query = useQuery(evaluatorsQuery());
  return (
    <Page title={t("nav.evaluators")}>
      <Loaded query={query}>
        {({ items }) => {
          const own = items.filter((item) => !item.built_in);
          return (
            <div className={styles.page}>
              <Section title={t("evaluators.own")} flush>
                {own.length ? (
                  <EvaluatorTable evaluators={own} label={t("evaluators.own")} own />
                ) : (
                  <EmptyState
                    icon="evaluators"
                    title={t("evaluators.empty")}
                    text={t("evaluators.empty.text")}
                    command="windlass push evaluators/helpful.yaml"
                  />
                )}
              </Section>
              <Section title={t("evaluators.built_in")} aside={t("evaluators.built_in.text")} flush>
                <EvaluatorTable
                  evaluators={items.filter((item) => item.built_in)}
                  label={t("evaluators.built_in")}
                />
              </Section>
            </div>
          );
        }}
      </Loaded>
    </Page>
  );
}

interface TableProps {
  evaluators: EvaluatorSummary[];
  label: string;
  own?: boolean;
}

function EvaluatorTable({ evaluators, label, own }: TableProps) {
  const { t } = useWords();
  return (
    <Scrolling label={label}>
      <table className={`${table.table} ${table.cards}`}>
        <thead>
          <tr>
            <th scope="col">{t("evaluators.name")}</th>
            <th scope="col">{t("evaluators.kind")}</th>
            <th scope="col">{t("evaluators.about")}</th>
            <th scope="col">{t("evaluators.needs")}</th>
            {own && <th scope="col">{t("evaluators.asks")}</th>}
            {own && (
              <th scope="col" className={table.right}>
                {t("evaluators.changed")}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {evaluators.map((each) => (
            <tr key={each.name} className={table.rowLink}>
              <td>
                <Link className="quiet-link" to="/evaluators/$name" params={{ name: each.name }}>
                  <b className={styles.name}>{each.name}</b>
                  {each.latest && <span className="faint num">@{each.latest.number}</span>}
                </Link>
              </td>
              <td data-label={t("evaluators.kind")}>
                <KindTag kind={each.kind} problem={each.problem} />
              </td>
              <td className={table.wide} data-label={t("evaluators.about")}>
                <span>{each.description}</span>
              </td>
              <td className="dim" data-label={t("evaluators.needs")}>
                <span>{each.needs.join(", ") || <span className="faint">–</span>}</span>
              </td>
              {own && (
                <td className="dim" data-label={t("evaluators.asks")}>
                  <span>{each.model || <span className="faint">–</span>}</span>
                </td>
              )}
              {own && (
                <td className={`${table.right} dim`} data-label={t("evaluators.changed")}>
                  <When time={each.latest?.created} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolling>
  );
}
