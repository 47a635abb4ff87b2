import { useQuery } from "@tanstack/react-query";
import { versionQuery } from "@/api/queries";
import type { Version, VersionLink } from "@/api/types";
import { CopyButton, Digest } from "@/components/Copy";
import { Icon, type IconName } from "@/components/Icon";
import { Loaded } from "@/components/States";
import type { TextKey } from "@/i18n/catalogue";
import { useWords } from "@/i18n/useWords";
import {
  flatten,
  messagesOf,
  type PromptMessage,
  restOf,
  settingsOf,
  TEXT_FIELDS,
  withSteps,
} from "./contents";
import { FoldedValue } from "./FoldedValue";
import { PromptText } from "./PromptText";
import styles from "./Releases.module.css";
import { ToolContents } from "./ToolContents";

const ICONS: Record<string, IconName> = {
  prompt: "prompt",
  model: "model",
  index: "index",
  dataset: "dataset",
  tool: "tool",
  agent: "agent",
};

/** What is in a release: the text of its prompts, then model, index and its own settings. */
export function ReleaseContents({ release }: { release: Version }) {
  const { t } = useWords();
  // Of a cascade the releases that answer stand in the place of the prompts.
  const answers = (reference: VersionLink) => reference.kind === "prompt" || reference.kind === "release";
  const first = release.references.filter(answers);
  const others = release.references.filter((reference) => !answers(reference));
  const { description, ...own } = withSteps(settingsOf(release.body, release.references));
  const settings = flatten(own).filter(([path]) => path);
  return (
    <>
      {typeof description === "string" && <p className={styles.message}>{description}</p>}
      <div className={styles.contents}>
        <div>
          {first.map((reference) => (
            <Part key={reference.role} reference={reference} />
          ))}
        </div>
        <div>
          {others.map((reference) => (
            <Part key={reference.role} reference={reference} />
          ))}
          {settings.length > 0 && (
            <section className={styles.part}>
              <header className={styles.partHead}>
                <Icon name="settings" size={14} />
                <h2>{t("release.settings")}</h2>
              </header>
              <Settings rows={settings} />
            </section>
          )}
        </div>
      </div>
    </>
  );
}

function Part({ reference }: { reference: VersionLink }) {
  const query = useQuery(versionQuery(reference.kind, reference.name, reference.digest));
  return (
    <section className={styles.part}>
      <header className={styles.partHead}>
        <Icon name={ICONS[reference.kind] ?? "releases"} size={14} />
        <h2 className="clip">
          {reference.kind}/{reference.name}
          <span className="faint num">@{reference.number}</span>
        </h2>
        <span className={`${styles.role} faint`}>{reference.role}</span>
        <Digest value={reference.digest} />
      </header>
      <Loaded query={query} rows={2}>
        {(version) => <Body version={version} />}
      </Loaded>
    </section>
  );
}

function Body({ version }: { version: Version }) {
  if (version.kind === "tool") return <ToolContents body={version.body} />;
  const messages = version.kind === "prompt" ? messagesOf(version.body) : [];
  const rows = flatten(restOf(version.body, messages.length > 0 ? [...TEXT_FIELDS, "name"] : [])).filter(
    ([path]) => path,
  );
  return (
    <>
      {messages.map((message, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the messages of a version never move
        <PromptMessageView key={index} message={message} />
      ))}
      {rows.length > 0 && <Settings rows={rows} />}
    </>
  );
}

const ROLES: Record<string, TextKey> = {
  system: "message.system",
  user: "message.user",
  assistant: "message.assistant",
};

function PromptMessageView({ message }: { message: PromptMessage }) {
  const { t } = useWords();
  const known = ROLES[message.role];
  return (
    <div className={styles.prompt}>
      {message.role && <div className={styles.promptRole}>{known ? t(known) : message.role}</div>}
      <PromptText text={message.text} />
      <span className={styles.promptCopy}>
        <CopyButton text={message.text} label={t("copy.text")} />
      </span>
    </div>
  );
}

const MOST_ROWS = 40;

export function Settings({ rows }: { rows: [string, unknown][] }) {
  const { t } = useWords();
  return (
    <dl className={styles.settings}>
      {rows.slice(0, MOST_ROWS).map(([path, value]) => (
        <div key={path}>
          <dt>{path}</dt>
          <dd>
            <SettingValue value={value} />
          </dd>
        </div>
      ))}
      {rows.length > MOST_ROWS && (
        <div className="faint">{t("release.more_settings", { n: rows.length - MOST_ROWS })}</div>
      )}
    </dl>
  );
}

function SettingValue({ value }: { value: unknown }) {
  if (typeof value === "string" && /^sha256:[0-9a-f]{64}$/.test(value)) return <Digest value={value} />;
  if (typeof value === "string") return value;
  if (typeof value === "object" && value !== null) return <FoldedValue value={value} />;
  return <span className="mono">{JSON.stringify(value)}</span>;
}
