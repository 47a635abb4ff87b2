import { useWords } from "@/i18n/useWords";
import styles from "./Evidence.module.css";
import type { Place, Question } from "./evidence";

export interface StageProps {
  number: number;
  active: number[];
  places: Place[];
  questions: Question[];
  onActive: (questions: number[]) => void;
}

/** What was seen, drawn where it was seen; each box names the answers that it stands for. */
export function Boxes({ active, places, questions, onActive }: Omit<StageProps, "number">) {
  const { t } = useWords();
  const about = (number: number) => {
    const asked = questions[number];
    if (!asked) return "";
    return t("evidence.box", { question: asked.question, answer: t(`evidence.answer.${asked.answer}`) });
  };
  return places.map(({ key, box, answer, corner, questions: numbers }) => {
    const label = numbers.map(about).join(" · ");
    return (
      <button
        type="button"
        key={key}
        className={styles.box}
        data-answer={answer}
        data-active={numbers.some((number) => active.includes(number)) || undefined}
        data-corner={corner}
        style={{
          left: `${box.x * 100}%`,
          top: `${box.y * 100}%`,
          width: `${box.width * 100}%`,
          height: `${box.height * 100}%`,
        }}
        aria-label={label}
        data-tip={label}
        onMouseEnter={() => onActive(numbers)}
        onMouseLeave={() => onActive([])}
        onFocus={() => onActive(numbers)}
        onBlur={() => onActive([])}
      >
        <span className={`${styles.badge} num`}>{numbers.map((number) => number + 1).join(" ")}</span>
      </button>
    );
  });
}
