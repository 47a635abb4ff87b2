import type { ShownBattle } from "@/api/arenas";
import { Markdown } from "@/components/Markdown";
import { useWords } from "@/i18n/useWords";
import { wholeText } from "@/runs/metrics";
import styles from "./Arenas.module.css";

/** What was asked, and two answers side by side. */
export function BattleView({ battle, guidelines }: { battle: ShownBattle; guidelines: string }) {
  const { t } = useWords();
  if (battle.answers.length === 0) return <p className={styles.gone}>{t("arenas.gone")}</p>;
  return (
    <div className={styles.battle}>
      <section>
        <h2>{t("arenas.input")}</h2>
        <div className={styles.said}>
          <Markdown text={wholeText(battle.input)} />
        </div>
      </section>
      <div className={styles.answers}>
        {battle.answers.map((text, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the place is what an answer is known by
          <section key={place}>
            <h2>{t("arenas.answer", { n: place + 1 })}</h2>
            <div className={styles.said} data-answer>
              {text ? <Markdown text={text} /> : <span className="faint">{t("arenas.empty_answer")}</span>}
            </div>
          </section>
        ))}
      </div>
      {battle.reference !== null && (
        <Folded title={t("arenas.reference")} text={wholeText(battle.reference)} />
      )}
      {guidelines && <Folded title={t("arenas.guidelines")} text={guidelines} />}
    </div>
  );
}

function Folded({ title, text }: { title: string; text: string }) {
  return (
    <details className={styles.folded}>
      <summary>{title}</summary>
      <div className={styles.said}>
        <Markdown text={text} />
      </div>
    </details>
  );
}
