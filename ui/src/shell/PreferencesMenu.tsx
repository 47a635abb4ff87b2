import { Menu, useMantineColorScheme } from "@mantine/core";
import type { Session } from "@/api/types";
import { Icon } from "@/components/Icon";
import { type Language, setLanguage } from "@/i18n/language";
import { useWords } from "@/i18n/useWords";
import { useSignOut } from "./useSignOut";

const SCHEMES = [
  { scheme: "auto", icon: "screen", word: "theme.auto" },
  { scheme: "light", icon: "sun", word: "theme.light" },
  { scheme: "dark", icon: "moon", word: "theme.dark" },
] as const;

const LANGUAGES: [Language, string][] = [
  ["en", "English"],
  ["ko", "한국어"],
];

interface Props {
  session: Session;
  className: string | undefined;
  onClose: () => void;
}

/** Loaded when the corner of the rail is first used; it covers the button that opened it. */
export function PreferencesMenu({ session, className, onClose }: Props) {
  const { t, language } = useWords();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  const { mode, version } = session;
  return (
    <Menu opened onClose={onClose} position="top-start" width={208}>
      <Menu.Target>
        <span className={className} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("theme.label")}</Menu.Label>
        {SCHEMES.map(({ scheme, icon, word }) => (
          <Menu.Item
            key={scheme}
            leftSection={<Icon name={icon} size={14} />}
            rightSection={colorScheme === scheme ? <Icon name="check" size={14} /> : null}
            onClick={() => setColorScheme(scheme)}
          >
            {t(word)}
          </Menu.Item>
        ))}
        <Menu.Label>{t("language.label")}</Menu.Label>
        {LANGUAGES.map(([code, name]) => (
          <Menu.Item
            key={code}
            lang={code}
            leftSection={<Icon name="globe" size={14} />}
            rightSection={language === code ? <Icon name="check" size={14} /> : null}
            onClick={() => setLanguage(code)}
          >
            {name}
          </Menu.Item>
        ))}
        {mode === "server" && (
          <>
            <Menu.Divider />
            <Menu.Item onClick={signOut}>{t("session.signout")}</Menu.Item>
          </>
        )}
        <Menu.Divider />
        <Menu.Label>
          windlass {version}
          {mode !== "server" && ` · ${t(`mode.${mode}`)}`}
        </Menu.Label>
      </Menu.Dropdown>
    </Menu>
  );
}
