import { Link } from "@tanstack/react-router";
import type { Calibration } from "@/api/calibrations";
import { OutcomeBadge, RunStateBadge } from "@/components/Marks";
import { Section } from "@/components/Page";
import { Scrolling } from "@/components/Scrolling";
import table from "@/components/table.module.css";
import { When } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import styles from "./Calibration.module.css";
import { useFigure } from "./useFigure";

/** Who acts when nobody did. */
const SERVER = "windlass";

interface Props {
  name: string;
  items: Calibration[];
  shown?: string;
}

/** All calibrations of a judge, the newest first. */
export function CalibrationHistory({ name, items, shown }: Props) {
  const { t } = useWords();
  const { value } = useFigure();
  return (
    <Section title={t("calibration.history")} flush>
      <Scrolling label={t("calibration.history")}>
        <table className={`${table.table} ${table.cards}`}>
          <thead>
            <tr>
              <th scope="col">{t("calibration.finished")}</th>
              <th scope="col">{t("calibration.outcome")}</th>
              <th scope="col">{t("calibration.judge")}</th>
              <th scope="col">{t("calibration.data")}</th>
              <th scope="col" className={table.right}>
                {t("calibration.measure.kappa")}
              </th>
            </tr>
          </thead>
          <tbody>
            {items.map((each) => {
              const kappa = each.content?.result.agreement.measures.kappa;
              return (
                <tr key={each.id} className={table.rowLink} aria-current={each.id === shown || undefined}>
                  <td>
                    <Link
                      className="quiet-link"
                      to="/evaluators/$name/calibration"
                      params={{ name }}
                      search={{ calibration: each.id }}
                      replace
                    >
                      <When time={each.finished ?? each.created} />
                    </Link>
                    {each.anchor && (
                      <span className={styles.tag}>
                        {t(each.by === SERVER ? "calibration.schedule.tag" : "calibration.anchor")}
                      </span>
                    )}
                  </td>
                  <td data-label={t("calibration.outcome")}>
                    {each.outcome ? (
                      <OutcomeBadge outcome={each.outcome} />
                    ) : (
                      <RunStateBadge state={each.state} />
                    )}
                  </td>
                  <td data-label={t("calibration.judge")} className="num">
                    {each.content?.judge.number ? `@${each.content.judge.number}` : "–"}
                  </td>
                  <td data-label={t("calibration.data")}>{each.content?.data.name ?? "–"}</td>
                  <td data-label={t("calibration.measure.kappa")} className={`${table.right} num`}>
                    {kappa ? value(kappa) : "–"}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scrolling>
    </Section>
  );
}
