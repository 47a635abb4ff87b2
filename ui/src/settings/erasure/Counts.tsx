import table from "@/components/table.module.css";
import { Missing } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import { tableWord } from "./counts";
import type { Erasure } from "./data";

/** The figures by table. Zeros stay: they say that it was looked there. */
export function Counts({ erasure }: { erasure: Erasure }) {
  const words = useWords();
  const { t, format } = words;
  const number = (value: number) => (
    <span className={value ? "num" : "num faint"}>{format.integer(value)}</span>
  );
  const others = [
    { key: "refused", word: t("erasure.table.refused"), tip: undefined, value: erasure.refused_spans },
    {
      key: "media",
      word: t("erasure.table.media"),
      tip: erasure.dry_run && erasure.media > 0 ? t("erasure.table.media.text") : undefined,
      value: erasure.media,
    },
  ];
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th scope="col">{t("erasure.table")}</th>
          <th scope="col" className={table.right}>
            {t(erasure.dry_run ? "erasure.held" : "erasure.erased")}
          </th>
          {!erasure.dry_run && (
            <th scope="col" className={table.right}>
              {t("erasure.left")}
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {Object.entries(erasure.rows).map(([name, value]) => (
          <tr key={name}>
            <td>{tableWord(name, words)}</td>
            <td className={table.right}>{number(value)}</td>
            {!erasure.dry_run && <td className={table.right}>{number(erasure.left[name] ?? 0)}</td>}
          </tr>
        ))}
        {others.map(({ key, word, tip, value }) => (
          <tr key={key}>
            <td>
              {word} {tip && <span className="faint">{tip}</span>}
            </td>
            <td className={table.right}>{number(value)}</td>
            {!erasure.dry_run && (
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
