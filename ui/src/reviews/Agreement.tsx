import { useQuery } from "@tanstack/react-query";
import { type Agreement, agreementQuery, type Figure } from "@/api/reviews";
import { IntervalStrip } from "@/components/Interval";
import { Scrolling } from "@/components/Scrolling";
import table from "@/components/table.module.css";
import { Missing } from "@/components/Value";
import type { TextKey } from "@/i18n/catalogue";
import { useWords } from "@/i18n/useWords";
import styles from "./Reviews.module.css";

const LEVELS: Record<Agreement["questions"][number]["level"], TextKey> = {
  nominal: "reviews.level.nominal",
  ordinal: "reviews.level.ordinal",
  interval: "reviews.level.interval",
};

/** A coefficient with its interval and n, or why there is none. */
export function FigureValue({ name, figure }: { name: string; figure: Figure }) {
  const { t, format } = useWords();
  const { value, low, high, n } = figure;
  if (value === null) return <Missing reason={n === 0 ? t("reviews.alpha.none") : t("reviews.alpha.one")} />;
  const tip =
    low !== null && high !== null
      ? t("interval.tip", { metric: name, low: format.metric("", low), high: format.metric("", high), n })
      : t("reviews.interval.none", { n });
  return (
    <span className="num" data-tip={tip}>
      {format.metric("", value)}
    </span>
  );
}

/** The agreement on each question while it is labelled, in one line each. */
export function LiveAgreement({ name }: { name: string }) {
  const { t, format } = useWords();
  const questions = useQuery(agreementQuery(name)).data?.questions ?? [];
  if (questions.every(({ alpha }) => alpha.n === 0)) return null;
  return (
    <section className={styles.live} aria-label={t("reviews.agreement")}>
      {questions.map(({ question, alpha, raw }) => (
        <div key={question} className="row">
          <span className="grow clip dim">{question}</span>
          <span className="num dim" data-tip={t("reviews.raw.tip", { n: raw.n })}>
            {raw.value === null ? "–" : format.percent(raw.value, 0)}
          </span>
          <span className="faint">α</span>
          <FigureValue name={t("reviews.alpha")} figure={alpha} />
        </div>
      ))}
    </section>
  );
}

/** Agreement question by question, with the intervals on one axis. */
export function AgreementTable({ agreement }: { agreement: Agreement }) {
  const { t, format } = useWords();
  return (
    <Scrolling label={t("reviews.agreement")}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">{t("reviews.question")}</th>
            <th scope="col">{t("reviews.level")}</th>
            <th scope="col" className={table.right}>
              {t("reviews.both")}
            </th>
            <th scope="col" className={table.right}>
              {t("reviews.raw")}
            </th>
            <th scope="col" className={table.right}>
              {t("reviews.alpha")}
            </th>
            <th scope="col">{t("reviews.interval")}</th>
            <th scope="col">{t("reviews.kappa")}</th>
          </tr>
        </thead>
        <tbody>
          {agreement.questions.map(({ question, level, raw, alpha, kappas }) => (
            <tr key={question}>
              <td>{question}</td>
              <td className="dim">{t(LEVELS[level])}</td>
              <td className={`${table.right} num`}>{format.integer(alpha.n)}</td>
              <td className={table.right}>
                {raw.value === null ? (
                  <Missing reason={t("reviews.alpha.none")} />
                ) : (
                  <span className="num">{format.percent(raw.value)}</span>
                )}
              </td>
              <td className={table.right}>
                <FigureValue name={t("reviews.alpha")} figure={alpha} />
              </td>
              <td>
                {alpha.value !== null && alpha.low !== null && alpha.high !== null ? (
                  <span className="row">
                    <IntervalStrip mean={alpha.value} low={alpha.low} high={alpha.high} from={0} to={1} />
                    <span className="num faint">
                      {format.metric("", alpha.low)} – {format.metric("", alpha.high)}
                    </span>
                  </span>
                ) : (
                  <Missing reason={t("reviews.interval.none", { n: alpha.n })} />
                )}
              </td>
              <td className={styles.kappas}>
                {kappas.length === 0 && <Missing reason={t("reviews.alpha.none")} />}
                {kappas.map(({ reviewers, kappa }) => (
                  <span key={reviewers.join()} className={styles.kappa}>
                    <span className="faint">{reviewers.join(" · ")}</span>{" "}
                    <FigureValue name={t("reviews.kappa")} figure={kappa} />
                  </span>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolling>
  );
}
