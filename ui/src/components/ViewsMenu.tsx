import { Button, Popover, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useMay } from "@/api/session";
import { deleteView, saveView, type ViewPage, viewsQuery } from "@/api/views";
import { useWords } from "@/i18n/useWords";
import { parseSearch, stringifySearch } from "@/shell/search";
import { Icon } from "./Icon";
import styles from "./ViewsMenu.module.css";
import "./viewsTexts";

interface Props {
  page: ViewPage;
  /** What the list shows now, as its URL holds it. */
  search: object;
}

/** The same query whatever the order in which its parts were written. */
function orderedQuery(query: string): string {
  const parameters = new URLSearchParams(query);
  parameters.sort();
  return parameters.toString();
}

/** Views of a list that somebody saved, for everybody in the project; and saving this one. */
export function ViewsMenu({ page, search }: Props) {
  const { t, format } = useWords();
  const client = useQueryClient();
  const mayWrite = useMay("editor");
  const [open, setOpen] = useState(false);
  const [name, setName] = useState("");
  const views = useQuery(viewsQuery(page)).data?.items;
  const query = stringifySearch({ ...search }).slice(1);
  const active = views?.find((view) => orderedQuery(view.query) === orderedQuery(query));
  const reload = () => client.invalidateQueries({ queryKey: viewsQuery(page).queryKey });
  const save = useMutation({
    mutationFn: () => saveView(page, name.trim(), query),
    onSuccess: () => {
      setName("");
      setOpen(false);
      return reload();
    },
  });
  const remove = useMutation({ mutationFn: (gone: string) => deleteView(page, gone), onSuccess: reload });
  const failure = save.error ?? remove.error;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (name.trim()) save.mutate();
  }

  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={300} trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<Icon name="bookmark" size={14} />}
          onClick={() => setOpen(!open)}
        >
          <span className={`${styles.name} clip`}>{active?.name ?? t("views.title")}</span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={styles.dropdown}>
        {views?.length === 0 && <p className={styles.empty}>{t("views.empty")}</p>}
        <ul className={styles.list} aria-label={t("views.title")}>
          {views?.map((view) => (
            <li key={view.name} className={styles.view} data-active={view === active || undefined}>
              <Link
                to={`/${page}`}
                search={parseSearch(view.query)}
                className="clip"
                data-tip={`${view.author}\n${format.exact(view.saved)}`}
                aria-current={view === active ? "true" : undefined}
                onClick={() => setOpen(false)}
              >
                {view.name}
              </Link>
              {mayWrite && (
                <button
                  type="button"
                  onClick={() => remove.mutate(view.name)}
                  aria-label={t("views.delete", { name: view.name })}
                  data-tip={t("views.delete", { name: view.name })}
                >
                  <Icon name="cross" size={10} />
                </button>
              )}
            </li>
          ))}
        </ul>
        {mayWrite && (
          <form className={styles.form} onSubmit={submit}>
            <TextInput
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              aria-label={t("views.name")}
              placeholder={t("views.name")}
              maxLength={100}
              error={failure instanceof Error ? failure.message : undefined}
            />
            <Button type="submit" disabled={!name.trim()} loading={save.isPending}>
              {t("views.save")}
            </Button>
          </form>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
