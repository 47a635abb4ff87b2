import "./laterTexts";
import { useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import {
  type KeyboardEvent,
  type PointerEvent,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { artifactsQuery, runsQuery, sessionQuery, verdictsQuery } from "@/api/queries";
import { Icon } from "@/components/Icon";
import { setLanguage } from "@/i18n/language";
import { useWords } from "@/i18n/useWords";
import { type Command, matching, objectCommands, textCommands } from "./commands";
import styles from "./Palette.module.css";
import { useSignOut } from "./useSignOut";

interface Commands {
  commands: Command[];
  /** Not everything that could be meant is known yet. */
  isLoading: boolean;
}

function useCommands(): Commands {
  const words = useWords();
  const { setColorScheme } = useMantineColorScheme();
  const colorScheme = useComputedColorScheme("light");
  const signOut = useSignOut();
  const releases = useQuery(artifactsQuery("release"));
  const datasets = useQuery(artifactsQuery("dataset"));
  const evaluators = useQuery(artifactsQuery("evaluator"));
  const runs = useInfiniteQuery(runsQuery());
  const verdicts = useQuery(verdictsQuery());
  const mode = useQuery(sessionQuery()).data?.mode;
  const { t, language } = words;
  const actions: Command[] = [
    {
      id: "theme",
      group: "action",
      icon: colorScheme === "dark" ? "sun" : "moon",
      name: colorScheme === "dark" ? t("palette.light") : t("palette.dark"),
      go: { run: () => setColorScheme(colorScheme === "dark" ? "light" : "dark") },
    },
    {
      id: "language",
      group: "action",
      icon: "globe",
      name: language === "en" ? "한국어로 보기" : "Show in English",
      go: { run: () => setLanguage(language === "en" ? "ko" : "en") },
    },
  ];
  if (mode === "server") {
    actions.push({
      id: "signout",
      group: "action",
      icon: "user",
      name: t("session.signout"),
      go: { run: signOut },
    });
  }
  const known = {
    releases: releases.data?.items ?? [],
    datasets: datasets.data?.items ?? [],
    evaluators: evaluators.data?.items ?? [],
    runs: runs.data?.pages[0]?.items ?? [],
    verdicts: verdicts.data?.items ?? [],
  };
  return {
    commands: [...objectCommands(words, known), ...actions],
    isLoading: [releases, datasets, evaluators, runs, verdicts].some((each) => each.isLoading),
  };
}

export function Palette({ onClose }: { onClose: () => void }) {
  const words = useWords();
  const { t } = words;
  const router = useRouter();
  const { commands, isLoading } = useCommands();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const [isEntered, setEntered] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const shown = useMemo(
    () => [...matching(commands, query), ...textCommands(words, query)],
    [commands, query, words],
  );

  // The browser's own dialog has the focus in the moment it is there: who types fast loses no letter.
  useLayoutEffect(() => {
    const shownDialog = dialog.current;
    shownDialog?.showModal();
    return () => shownDialog?.close();
  }, []);

  useEffect(() => {
    list.current?.querySelector(`[data-at="${at}"]`)?.scrollIntoView({ block: "nearest" });
  }, [at]);

  function choose(command: Command | undefined) {
    if (!command) return;
    onClose();
    if ("run" in command.go) command.go.run();
    else router.history.push(command.go.to);
  }

  // Who types fast and means what is not known yet is not sent elsewhere.
  useEffect(() => {
    if (!isEntered || isLoading) return;
    setEntered(false);
    choose(shown[at]);
  });

  function onKeyDown(event: KeyboardEvent) {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step) setAt((at + step + shown.length) % (shown.length || 1));
    else if (event.key === "Enter" && !event.nativeEvent.isComposing) setEntered(true);
    else return;
    event.preventDefault();
  }

  function onPointerDown(event: PointerEvent) {
    if (event.target === dialog.current) onClose();
  }

  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-label={t("palette.open")}
      onCancel={onClose}
      onPointerDown={onPointerDown}
    >
      <div className={styles.field}>
        <Icon name="search" />
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls="commands"
          aria-activedescendant={shown[at] ? `command-${at}` : undefined}
          aria-label={t("palette.open")}
          placeholder={t("palette.placeholder")}
          value={query}
          onChange={(event) => {
            setQuery(event.currentTarget.value);
            setAt(0);
            setEntered(false);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div className={styles.list} id="commands" role="listbox" aria-label={t("palette.open")} ref={list}>
        {shown.map((command, index) => (
          <div key={command.id}>
            {command.group !== shown[index - 1]?.group && (
              <div className={styles.group} role="presentation">
                {t(`palette.group.${command.group}`)}
              </div>
            )}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the combobox above takes the keys */}
            <div
              id={`command-${index}`}
              data-at={index}
              className={styles.command}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              onPointerMove={() => setAt(index)}
              onClick={() => choose(command)}
            >
              <Icon name={command.icon} />
              <span className="clip">{command.name}</span>
              {command.hint && <span className={styles.hint}>{command.hint}</span>}
            </div>
          </div>
        ))}
      </div>
    </dialog>
  );
}
