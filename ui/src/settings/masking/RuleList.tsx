import { Button } from "@mantine/core";
import type { ReactNode, Ref } from "react";
import { Icon } from "@/components/Icon";
import { Section } from "@/components/Page";
import styles from "./Rules.module.css";

interface Props {
  title: string;
  about: string;
  /** Said while the list is empty. */
  none?: string;
  /** What the button says that adds a rule; left out where rules can only be read. */
  adding?: string;
  addButton: Ref<HTMLButtonElement>;
  onAdd: () => void;
  children: ReactNode;
}

/** A section of rules: what they do, the rules, and a button for one more. */
export function RuleList({ title, about, none, adding, addButton, onAdd, children }: Props) {
  return (
    <Section flush title={title}>
      <p className={styles.about}>{about}</p>
      {none && <p className={styles.empty}>{none}</p>}
      {children}
      {adding && (
        <div className={styles.add}>
          <Button
            ref={addButton}
            variant="default"
            leftSection={<Icon name="plus" size={12} />}
            onClick={onAdd}
          >
            {adding}
          </Button>
        </div>
      )}
    </Section>
  );
}
