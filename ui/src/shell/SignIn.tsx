import "./laterTexts";
import { Button, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { ApiError, api, unwrap } from "@/api/client";
import { sessionQuery } from "@/api/queries";
import { Command } from "@/components/Copy";
import { useWords } from "@/i18n/useWords";
import { Logo } from "./Logo";
import styles from "./SignIn.module.css";

export function SignIn() {
  const { t } = useWords();
  const client = useQueryClient();
  const [key, setKey] = useState("");
  const signIn = useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/session", { body: { key: key.trim() } })),
    onSuccess: (session) => {
      client.setQueryData(sessionQuery().queryKey, session);
      void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "session" });
    },
  });
  useEffect(() => {
    document.title = `${t("signin.title")} · windlass`;
  }, [t]);

  function submit(event: FormEvent) {
    event.preventDefault();
    signIn.mutate();
  }

  const { error } = signIn;
  const problem =
    error === null
      ? undefined
      : error instanceof ApiError && error.status !== 0
        ? error.message || t("signin.refused")
        : t("error.offline.detail");
  return (
    <main className={styles.page}>
      <form className={styles.card} onSubmit={submit}>
        <div className={styles.brand}>
          <Logo size={28} />
          windlass
        </div>
        <h1>{t("signin.title")}</h1>
        <TextInput
          label={t("signin.key")}
          type="password"
          autoComplete="current-password"
          placeholder="wl_…"
          size="sm"
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          error={problem}
          autoFocus
          required
          withAsterisk={false}
        />
        <Button type="submit" fullWidth loading={signIn.isPending} disabled={!key.trim()}>
          {t("signin.submit")}
        </Button>
        <p className="dim">{t("signin.help")}</p>
        <Command text="windlass keys create" />
      </form>
    </main>
  );
}
