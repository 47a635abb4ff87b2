import type { Content } from "@/api/masking";
import { Section } from "@/components/Page";
import { useWords } from "@/i18n/useWords";
import { Choice } from "./Choice";
import { Count, type Counts } from "./Count";
import styles from "./Masking.module.css";
import { CONTENTS, withContent } from "./rules";

interface Props {
  dropped: Content[];
  held: Content[];
  counts: Counts;
  readOnly: boolean;
  onChange: (dropped: Content[]) => void;
}

/** Contents of conversations of which nothing is stored. */
export function ContentList({ dropped, held, counts, readOnly, onChange }: Props) {
  const { t } = useWords();
  return (
    <Section flush title={t("masking.contents")}>
      <p className={styles.about}>{t("masking.contents.text")}</p>
      <ul className={styles.choices}>
        {CONTENTS.map((content) => (
          <Choice
            key={content}
            name={t(`masking.content.${content}`)}
            detail={t(`masking.content.${content}.text`)}
            on={dropped.includes(content)}
            disabled={readOnly}
            onChange={(on) => onChange(withContent(dropped, content, on))}
          >
            <Count counts={counts} rule={`drop:${content}`} off={!held.includes(content)} />
          </Choice>
        ))}
      </ul>
    </Section>
  );
}
