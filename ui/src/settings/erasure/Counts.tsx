import table from "@/components/table.module.css";
import { Missing } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import { tableWord } from "./counts";
import type { Erasure } from "./data";

/** The figures by table. Zeros stay, but while it is under way: they say that it was looked there. */
export function Counts({ erasure }: { erasure: Erasure }) {
  const words = useWords();
  const { t, format } = words;
  const isGoing = erasure.state !== "finished";
  const isEnded = !isGoing && !erasure.dry_run;
  const isShown = (value: number) => value > 0 || !isGoing;
  const number = (value: number) => (
    <span className={value ? "num" : "num faint"}>{format.integer(value)}</span>
  );
  const others = [
    { key: "refused", word: t("erasure.table.refused"), tip: undefined, value: erasure.refused_spans },
    {
      key: "media",
      word: t("erasure.table.media"),
      tip: !isEnded && erasure.media > 0 ? t("erasure.table.media.text") : undefined,
      value: erasure.media,
    },
  ];
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th scope="col">{t("erasure.table")}</th>
          <th scope="col" className={table.right}>
            {t(isGoing ? "erasure.before" : isEnded ? "erasure.erased" : "erasure.held")}
          </th>
          {isEnded && (
            <th scope="col" className={table.right}>
              {t("erasure.left")}
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {Object.entries(erasure.rows)
          .filter(([, value]) => isShown(value))
          .map(([name, value]) => (
            <tr key={name}>
              <td>{tableWord(name, words)}</td>
              <td className={table.right}>{number(value)}</td>
              {isEnded && <td className={table.right}>{number(erasure.left[name] ?? 0)}</td>}
            </tr>
          ))}
        {others
          .filter(({ value }) => isShown(value))
          .map(({ key, word, tip, value }) => (
            <tr key={key}>
              <td>
                {word} {tip && <span className="faint">{tip}</span>}
              </td>
              <td className={table.right}>{number(value)}</td>
              {isEnded && (
                <td className={table.right}>
                  <Missing reason={t("erasure.left.not")} />
                </td>
              )}
            </tr>
          ))}
      </tbody>
    </table>
  );
}
