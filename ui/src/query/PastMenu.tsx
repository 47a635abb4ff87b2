import { Button, Menu } from "@mantine/core";
import { useState } from "react";
import { Icon } from "@/components/Icon";
import { useWords } from "@/i18n/useWords";
import { forgetStatements, type PastStatement, pastStatements } from "./pastStatements";
import styles from "./Query.module.css";

const SHOWN = 90;

/** The statements that ran in this browser, to be taken again. */
export function PastMenu({ onTake }: { onTake: (sql: string) => void }) {
  const { t, format } = useWords();
  const [past, setPast] = useState<PastStatement[]>([]);
  return (
    <Menu
      width="min(480px, calc(100vw - 16px))"
      position="bottom-start"
      onOpen={() => setPast(pastStatements())}
    >
      <Menu.Target>
        <Button variant="default" rightSection={<Icon name="down" size={11} />}>
          {t("query.past")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={styles.past}>
        {past.length === 0 && <Menu.Label>{t("query.past.empty")}</Menu.Label>}
        {past.map(({ sql, at }) => (
          <Menu.Item
            key={sql}
            onClick={() => onTake(sql)}
            rightSection={<span className="faint num">{format.relative(at)}</span>}
          >
            <span className={`${styles.statement} mono clip`}>
              {sql.replace(/\s+/g, " ").slice(0, SHOWN)}
            </span>
          </Menu.Item>
        ))}
        {past.length > 0 && (
          <>
            <Menu.Divider />
            <Menu.Item onClick={forgetStatements}>{t("query.forget")}</Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
