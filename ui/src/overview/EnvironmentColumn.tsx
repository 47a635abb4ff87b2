import type { EnvironmentOverview } from "@/api/types";
import { useWords } from "@/i18n/useWords";
import { DeploymentCard } from "./DeploymentCard";
import styles from "./Overview.module.css";

export function EnvironmentColumn({ environment }: { environment: EnvironmentOverview }) {
  const { t } = useWords();
  const { name, deployments } = environment;
  return (
    <section
      className={styles.environment}
      data-vacant={deployments.length === 0 || undefined}
      aria-label={name}
    >
      <h2 className={styles.environmentName}>
        <span className={styles.lamp} data-on={deployments.length > 0 || undefined} />
        {name}
        {deployments.length > 1 && <span className="faint num">{deployments.length}</span>}
      </h2>
      {deployments.length === 0 && (
        <div className={styles.vacant}>
          <p>{t("overview.vacant")}</p>
          <code>windlass promote release/NAME@latest --to {name}</code>
        </div>
      )}
      {deployments.map((deployment) => (
        <DeploymentCard key={deployment.release} environment={name} deployment={deployment} />
      ))}
    </section>
  );
}
