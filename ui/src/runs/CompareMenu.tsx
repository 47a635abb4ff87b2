import { Button, Menu } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { RunSummary } from "@/api/types";
import { Icon } from "@/components/Icon";
import { useWords } from "@/i18n/useWords";

interface Props {
  run: RunSummary;
  others: RunSummary[];
}

const MOST = 12;

/** The other runs on the same dataset version, as baselines for this one. */
export function CompareMenu({ run, others }: Props) {
  const { t, format } = useWords();
  return (
    <Menu width={300}>
      <Menu.Target>
        <Button
          variant="default"
          disabled={others.length === 0}
          leftSection={<Icon name="compare" size={14} />}
          data-tip={others.length === 0 ? t("run.no_other") : undefined}
        >
          {t("run.compare")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("run.baseline")}</Menu.Label>
        {others.slice(0, MOST).map((other) => (
          <Menu.Item
            key={other.id}
            renderRoot={(props) => (
              <Link to="/runs/compare" search={{ baseline: other.id, candidate: run.id }} {...props} />
            )}
            rightSection={<span className="faint num">{format.relative(other.created)}</span>}
          >
            {other.release.name}@{other.release.number}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
