import { Button, Menu } from "@mantine/core";
import { useState } from "react";
import { Icon } from "@/components/Icon";
import { useWords } from "@/i18n/useWords";
import { commandOf, curlOf, linkTo } from "./copies";
import { EXAMPLES } from "./examples";
import { PastMenu } from "./PastMenu";

const DONE_MS = 1400;

interface Props {
  /** What stands in the editor. */
  sql: string;
  onTake: (sql: string) => void;
}

/** Statements to begin with, and ways to take this one elsewhere. */
export function QueryMenus({ sql, onTake }: Props) {
  return (
    <>
      <ExampleMenu onTake={onTake} />
      <PastMenu onTake={onTake} />
      <CopyMenu sql={sql} />
    </>
  );
}

function ExampleMenu({ onTake }: { onTake: (sql: string) => void }) {
  const { t } = useWords();
  return (
    <Menu width={330} position="bottom-start">
      <Menu.Target>
        <Button variant="default" rightSection={<Icon name="down" size={11} />}>
          {t("query.examples")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {EXAMPLES.map((example) => (
          <Menu.Item key={example.text} onClick={() => onTake(example.sql)}>
            {t(example.text)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function CopyMenu({ sql }: { sql: string }) {
  const { t } = useWords();
  const [done, setDone] = useState(false);
  const { origin } = window.location;
  const link = linkTo(origin, sql);

  function copy(text: string) {
    void navigator.clipboard.writeText(text).then(() => {
      setDone(true);
      window.setTimeout(() => setDone(false), DONE_MS);
    });
  }

  return (
    <Menu width={200} position="bottom-start">
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<Icon name={done ? "check" : "copy"} size={13} />}
          disabled={!sql}
        >
          {t(done ? "copy.done" : "query.copy")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<Icon name="link" size={14} />}
          disabled={link === undefined}
          onClick={() => link && copy(link)}
        >
          {t("query.link")}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="globe" size={14} />} onClick={() => copy(curlOf(origin, sql))}>
          {t("query.curl")}
        </Menu.Item>
        <Menu.Item
          leftSection={<Icon name="terminal" size={14} />}
          onClick={() => copy(commandOf(origin, sql))}
        >
          {t("query.command")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
