import "./humanTexts";
import { useQuery } from "@tanstack/react-query";
import { type NoisyMetric, noiseQuery } from "@/api/human";
import { IntervalStrip } from "@/components/Interval";
import { Scrolling } from "@/components/Scrolling";
import { Loaded } from "@/components/States";
import table from "@/components/table.module.css";
import { useWords } from "@/i18n/useWords";
import styles from "./NoisePanel.module.css";

/** By how much a release differs from itself, of two runs of it. */
export function NoisePanel({ baseline, candidate }: { baseline: string; candidate: string }) {
  const { t } = useWords();
  const query = useQuery(noiseQuery(candidate, baseline));
  return (
    <section>
      <header className={styles.head}>
        <h2>{t("noise.title")}</h2>
        <span className="dim">{t("noise.text")}</span>
      </header>
      <Loaded query={query}>
        {({ metrics }) =>
          metrics.length > 0 ? <Metrics metrics={metrics} /> : <p className="dim">{t("noise.none")}</p>
        }
      </Loaded>
    </section>
  );
}

function Metrics({ metrics }: { metrics: NoisyMetric[] }) {
  const { t } = useWords();
  return (
    <Scrolling label={t("noise.title")}>
      <table className={`${table.table} ${styles.table}`}>
        <thead>
          <tr>
            <th scope="col">{t("noise.metric")}</th>
            <th scope="col" className={table.right} data-tip={t("noise.floor.tip")}>
              {t("noise.floor")}
            </th>
            <th scope="col" className={table.right}>
              {t("noise.difference")}
            </th>
            <th scope="col">
              <span className="visually-hidden">{t("noise.within")}</span>
            </th>
            <th scope="col" className={table.right}>
              {t("noise.flips")}
            </th>
            <th scope="col">{t("noise.spread")}</th>
          </tr>
        </thead>
        <tbody>
          {metrics.map((metric) => (
            <Row key={metric.name} metric={metric} />
          ))}
        </tbody>
      </table>
    </Scrolling>
  );
}

function Row({ metric }: { metric: NoisyMetric }) {
  const { t, format } = useWords();
  const { name, difference, floor, flips } = metric;
  const beyond = difference !== null && Math.abs(difference) > floor;
  const tip = t("noise.flips.tip", {
    low: format.percent(metric.flips_low),
    high: format.percent(metric.flips_high),
    n: metric.n,
  });
  return (
    <tr>
      <td>{name}</td>
      <td className={`${table.right} num`}>{format.metric(name, floor)}</td>
      <td className={`${table.right} num`}>
        {difference === null ? "–" : format.difference(name, difference)}
      </td>
      <td className={beyond ? styles.beyond : "faint"}>{t(beyond ? "noise.beyond" : "noise.within")}</td>
      <td className={`${table.right} num`} data-tip={tip}>
        {format.percent(flips)}
      </td>
      <td>
        <Spread metric={metric} />
      </td>
    </tr>
  );
}

/** How the differences of items lie around zero; the axis reaches as far to either side. */
function Spread({ metric: { name, spread } }: { metric: NoisyMetric }) {
  const { t, format } = useWords();
  const [least = 0, low = 0, , middle = 0, , high = 0, most = 0] = spread;
  const reach = Math.max(-least, most) || 1;
  const shown = (value: number) => format.difference(name, value);
  const tip = t("noise.spread.tip", {
    middle: shown(middle),
    low: shown(low),
    high: shown(high),
    least: shown(least),
    most: shown(most),
  });
  return (
    <div className={styles.spread} data-tip={tip} role="img" aria-label={tip}>
      <IntervalStrip mean={middle} low={low} high={high} from={-reach} to={reach} />
    </div>
  );
}
