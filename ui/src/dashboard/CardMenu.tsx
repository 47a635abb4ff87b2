import { Menu } from "@mantine/core";
import { Icon } from "@/components/Icon";
import { useWords } from "@/i18n/useWords";
import styles from "./ChartCard.module.css";

export type View = "chart" | "table" | "spec";

export interface CardActions {
  edit: () => void;
  duplicate: () => void;
  remove: () => void;
  /** Absent at the ends. */
  left?: () => void;
  right?: () => void;
}

interface Props {
  name: string;
  view: View;
  onView: (view: View) => void;
  onPng?: () => void;
  onCsv?: () => void;
  actions?: CardActions;
}

export function CardMenu({ name, view, onView, onPng, onCsv, actions }: Props) {
  const { t } = useWords();
  const toggle = (other: View) => onView(view === other ? "chart" : other);
  return (
    <Menu width={220}>
      <Menu.Target>
        <button type="button" className={styles.menu} aria-label={t("dash.menu", { name })}>
          <Icon name="more" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => toggle("table")}>
          {t(view === "table" ? "dash.table.hide" : "dash.table")}
        </Menu.Item>
        <Menu.Item onClick={() => toggle("spec")}>
          {t(view === "spec" ? "dash.spec.hide" : "dash.spec")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={onPng} disabled={!onPng}>
          {t("dash.save.png")}
        </Menu.Item>
        <Menu.Item onClick={onCsv} disabled={!onCsv}>
          {t("dash.save.csv")}
        </Menu.Item>
        {actions && (
          <>
            <Menu.Divider />
            <Menu.Item onClick={actions.edit}>{t("dash.edit")}</Menu.Item>
            <Menu.Item onClick={actions.duplicate}>{t("dash.duplicate")}</Menu.Item>
            <Menu.Item onClick={actions.left} disabled={!actions.left}>
              {t("dash.left")}
            </Menu.Item>
            <Menu.Item onClick={actions.right} disabled={!actions.right}>
              {t("dash.right")}
            </Menu.Item>
            <Menu.Item onClick={actions.remove}>{t("dash.remove")}</Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
