import "./texts";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { promotionsQuery } from "@/api/verdicts";
import { Section } from "@/components/Page";
import { Loaded } from "@/components/States";
import table from "@/components/table.module.css";
import { When } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import styles from "./Evidence.module.css";

/** Who let the release into which environment on the strength of a verdict. */
export function Promotions({ verdictId }: { verdictId: string }) {
  const { t } = useWords();
  const query = useQuery(promotionsQuery(verdictId));
  return (
    <Section title={t("gates.promotions")} flush>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <p className={styles.nothing}>{t("gates.promotions.none")}</p>
          ) : (
            <ul className={styles.promotions}>
              {items.map((each) => (
                <li key={`${each.environment} ${each.since}`}>
                  <Link className="link" to="/releases">
                    {each.environment}
                  </Link>
                  {each.is_running && (
                    <span className={`${table.tag} ${table.live}`}>{t("gates.promotions.running")}</span>
                  )}
                  <span>{each.by}</span>
                  <span className="faint">
                    <When time={each.since} />
                  </span>
                  {each.reason && <span className={`${styles.reason} dim`}>{each.reason}</span>}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Section>
  );
}
