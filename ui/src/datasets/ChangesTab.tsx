import "./formTexts";
import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { type ChangeKind, type Item, type ItemChange, itemChangesQuery } from "@/api/datasets";
import type { Artifact } from "@/api/types";
import { Icon } from "@/components/Icon";
import { Select } from "@/components/Select";
import { EmptyState, Loaded } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import styles from "./Datasets.module.css";
import { FieldDifference } from "./FieldDifference";
import { inLine } from "./values";

interface Props {
  dataset: Artifact;
  number: number;
  against?: string;
}

const KINDS: ChangeKind[] = ["changed", "added", "removed"];

/** What a version changed, item by item and field by field. */
export function ChangesTab({ dataset, number, against }: Props) {
  const { t } = useWords();
  const navigate = useNavigate({ from: "/datasets/$name" });
  const others = dataset.versions.filter((version) => version.number !== number);
  const before =
    others.find((version) => String(version.number) === against)?.number ??
    others.find((version) => version.number < number)?.number ??
    others[0]?.number;
  if (before === undefined) {
    return <EmptyState icon="compare" title={t("changes.only_one")} text={t("changes.only_one.text")} />;
  }
  return (
    <div className={styles.scrolled}>
      <div className={styles.against}>
        <span className="dim">{t("changes.from")}</span>
        <Select
          label={t("changes.from")}
          value={String(before)}
          onChange={(chosen) =>
            void navigate({ search: (now) => ({ ...now, tab: "changes", against: chosen }), replace: true })
          }
          options={others.map((version) => ({
            value: String(version.number),
            name: version.message ? `@${version.number} · ${version.message}` : `@${version.number}`,
          }))}
        />
        <span className="dim">{t("changes.to", { version: number })}</span>
      </div>
      <Changes key={`${before}-${number}`} name={dataset.name} from={before} to={number} />
    </div>
  );
}

function Changes({ name, from, to }: { name: string; from: number; to: number }) {
  const { t } = useWords();
  const [kind, setKind] = useState<ChangeKind>();
  const query = useInfiniteQuery(itemChangesQuery(name, String(from), String(to), kind));
  return (
    <Loaded query={query}>
      {({ pages }) => {
        const [first] = pages;
        const changes = pages.flatMap((page) => page.items);
        if (!first || first.added + first.removed + first.changed === 0) {
          return <EmptyState icon="check" title={t("changes.same")} text={t("changes.same.text")} />;
        }
        return (
          <>
            <fieldset className={styles.kinds}>
              <legend className="visually-hidden">{t("changes.kinds")}</legend>
              {KINDS.map((each) => (
                <button
                  key={each}
                  type="button"
                  className={styles.kindButton}
                  data-state={each}
                  aria-pressed={kind === each}
                  disabled={first[each] === 0}
                  onClick={() => setKind(kind === each ? undefined : each)}
                >
                  {t(`changes.${each}`, { n: first[each] })}
                </button>
              ))}
              <span className="faint">{t("changes.unchanged", { n: first.unchanged })}</span>
            </fieldset>
            <ol className={styles.changes}>
              {changes.map((change) => (
                <ChangeView
                  key={`${change.kind} ${change.id}`}
                  name={name}
                  from={from}
                  to={to}
                  change={change}
                />
              ))}
            </ol>
            {query.hasNextPage && (
              <div className={styles.more}>
                <Button
                  variant="default"
                  loading={query.isFetchingNextPage}
                  onClick={() => void query.fetchNextPage()}
                >
                  {t("action.more")}
                </Button>
              </div>
            )}
          </>
        );
      }}
    </Loaded>
  );
}

interface ChangeProps {
  name: string;
  from: number;
  to: number;
  change: ItemChange;
}

function ChangeView({ name, from, to, change }: ChangeProps) {
  const { t } = useWords();
  const item = change.after ?? change.before;
  return (
    <li className={styles.change} data-state={change.kind}>
      <h3>
        <Icon
          name={change.kind === "added" ? "plus" : change.kind === "removed" ? "cross" : "pencil"}
          size={13}
        />
        <span className={styles.word}>{t(`items.${change.kind}`)}</span>
        <Link
          className="quiet-link mono clip"
          to="/datasets/$name"
          params={{ name }}
          search={{ version: String(change.after ? to : from), item: change.id }}
        >
          {change.id}
        </Link>
        {change.kind === "changed" && (
          <span className="faint clip">{change.fields.map(({ field }) => field).join(", ")}</span>
        )}
      </h3>
      {change.kind === "changed"
        ? change.fields.map((field) => <FieldDifference key={field.field} change={field} />)
        : item && <Whole item={item} />}
    </li>
  );
}

/** An item that is only on one side: what it asks and what is right, on a line each. */
function Whole({ item }: { item: Item }) {
  const { t } = useWords();
  return (
    <dl className={styles.whole}>
      <dt>{t("samples.input")}</dt>
      <dd>{inLine(item.input)}</dd>
      {inLine(item.reference) && (
        <>
          <dt>{t("samples.reference")}</dt>
          <dd>{inLine(item.reference)}</dd>
        </>
      )}
    </dl>
  );
}
