import "./firstTexts";
import { Command } from "@/components/Copy";
import type { TextKey } from "@/i18n/catalogue";
import { useWords } from "@/i18n/useWords";
import styles from "./FirstSteps.module.css";

const STEPS: { name: TextKey; text: TextKey; command: string }[] = [
  { name: "first.demo", text: "first.demo.text", command: "windlass demo" },
  { name: "first.push", text: "first.push.text", command: "windlass push ." },
  {
    name: "first.eval",
    text: "first.eval.text",
    command: "windlass eval release/NAME@latest --dataset dataset/NAME@latest",
  },
  {
    name: "first.gate",
    text: "first.gate.text",
    command: "windlass gate --candidate release/NAME@latest --baseline release/NAME@1",
  },
  {
    name: "first.promote",
    text: "first.promote.text",
    command: "windlass promote release/NAME@latest --to production",
  },
];

/** An empty project: the loop as five commands. */
export function FirstSteps() {
  const { t } = useWords();
  return (
    <div className={styles.page}>
      <h2>{t("first.title")}</h2>
      <p className="dim">{t("first.text")}</p>
      <ol className={styles.steps}>
        {STEPS.map(({ name, text, command }, step) => (
          <li key={name}>
            <span className={`${styles.number} num`}>{step + 1}</span>
            <div>
              <h3>{t(name)}</h3>
              <p className="dim">{t(text)}</p>
              <Command text={command} />
            </div>
          </li>
        ))}
      </ol>
    </div>
  );
}
