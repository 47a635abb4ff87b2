import "./makingTexts";
import { useQuery } from "@tanstack/react-query";
import { useMay } from "@/api/session";
import { synthesesQuery } from "@/api/syntheses";
import { EmptyState, Loaded } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import styles from "./Datasets.module.css";
import { MakeItems } from "./MakeItems";
import own from "./Making.module.css";
import { SynthesisView } from "./SynthesisView";

/** What models made for a dataset, newest first, and what they are making now. */
export function SynthesesTab({ name }: { name: string }) {
  const { t } = useWords();
  const query = useQuery(synthesesQuery(name));
  const mayEdit = useMay("editor");
  return (
    <div className={styles.scrolled}>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState
              icon="dataset"
              title={t("making.empty")}
              text={t("making.empty.text")}
              command={`windlass datasets synthesise ${name} --index NAME --model openai:gpt-5-mini`}
            >
              {mayEdit && <MakeItems name={name} />}
            </EmptyState>
          ) : (
            <ul className={own.list}>
              {mayEdit && (
                <li>
                  <MakeItems name={name} />
                </li>
              )}
              {items.map((synthesis) => (
                <li key={synthesis.id}>
                  <SynthesisView synthesis={synthesis} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </div>
  );
}
