import type { Agreement } from "@/api/reviews";
import table from "@/components/table.module.css";
import { useWords } from "@/i18n/useWords";
import styles from "./Reviews.module.css";

export function Reviewers({ reviewers }: { reviewers: Agreement["reviewers"] }) {
  const { t, format } = useWords();
  if (reviewers.length === 0) return <p className={styles.nothing}>{t("reviews.nobody")}</p>;
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th scope="col">{t("reviews.reviewer")}</th>
          <th scope="col" className={table.right}>
            {t("reviews.labels")}
          </th>
          <th scope="col" className={table.right}>
            {t("reviews.skips")}
          </th>
        </tr>
      </thead>
      <tbody>
        {reviewers.map(({ reviewer, labels, skips }) => (
          <tr key={reviewer}>
            <td>{reviewer}</td>
            <td className={`${table.right} num`}>{format.integer(labels)}</td>
            <td className={`${table.right} num`}>{format.integer(skips)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
