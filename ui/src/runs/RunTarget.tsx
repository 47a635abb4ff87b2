import type { Run } from "@/api/types";
import { useWords } from "@/i18n/useWords";
import styles from "./Replay.module.css";
import "./targetsTexts";

interface Target {
  protocol: string;
  url: string;
  model?: string;
  skill?: string;
  method?: string;
  tool?: string;
}

interface ReplayNote {
  policy: "stop" | "simulate" | "live";
  simulator?: string;
  live?: string[];
}

/** Who was asked where no release was, which tools were called, and how recordings were replayed. */
export function RunTarget({ run }: { run: Run }) {
  const { t } = useWords();
  const target = run.settings.target as Target | undefined;
  const tools = run.settings.tools as "read" | "all" | "none" | undefined;
  const replay = run.settings.replay as ReplayNote | undefined;
  return (
    <>
      {target && (
        <span className={styles.target}>
          {t("target.agent")}
          <b className="clip" data-tip={target.url}>
            {target.protocol} {partOf(target)}
            {target.skill && t("target.skill", { name: target.skill })} {target.url}
          </b>
        </span>
      )}
      {tools && (
        <span>
          {t("run.tools")}
          <b>{t(`run.tools.${tools}`)}</b>
        </span>
      )}
      {replay && (
        <span>
          {t("replay.title")}
          <b>
            {replay.policy === "stop" && t("replay.policy.stop")}
            {replay.policy === "simulate" && t("replay.policy.simulate", { model: replay.simulator ?? "" })}
            {replay.policy === "live" && t("replay.live.tools", { tools: replay.live?.join(", ") ?? "" })}
          </b>
        </span>
      )}
    </>
  );
}

function partOf(target: Target): string {
  return target.model ?? target.tool ?? target.method ?? "";
}
