import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { ApiError, isStatus } from "@/api/client";
import { useWords } from "@/i18n/useWords";
import { ReasonDialog } from "@/releases/ReasonDialog";
import { type Price, type Prices, pricesQuery, type Recosting, useReplacePrices } from "./data";
import { type Draft, fieldProblem, priceOf } from "./draft";
import styles from "./Prices.module.css";
import { fitting, isSamePlace, nameOf, withPrice } from "./priceList";
import { RateFields } from "./RateFields";

interface Props {
  prices: Prices;
  start: Draft;
  /** The price that is edited; without one it is new. */
  edited?: Price;
  onClose: () => void;
  onSaved: (recosting: Recosting) => void;
}

/** One price of the project's own. It is made from the list that was read: another one there now is a conflict. */
export function PriceDialog({ prices, start, edited, onClose, onSaved }: Props) {
  const { t } = useWords();
  const [draft, setDraft] = useState(start);
  // What was on the screen when the edit began; a list that is read again in the background does not count.
  const [list, setList] = useState(prices.overrides);
  const current = useQuery({ ...pricesQuery(), enabled: false });
  const save = useReplacePrices(onSaved);
  const models = useId();
  const providers = useId();
  const price = priceOf(draft);
  const problem = save.error instanceof ApiError ? fieldProblem(save.error.message) : undefined;
  const conflict = isStatus(save.error, 409);
  const replaces = list.items.some(
    (each) => isSamePlace(each, price) && !(edited && isSamePlace(each, edited)),
  );

  function change(more: Partial<Draft>) {
    if (!conflict) save.reset();
    setDraft({ ...draft, ...more });
  }

  async function readAgain() {
    const { data } = await current.refetch();
    if (!data) return;
    setList(data.overrides);
    save.reset();
  }

  return (
    <ReasonDialog
      title={t(edited ? "prices.edit.title" : "prices.new.title")}
      submit={t("prices.save")}
      pending={save.isPending}
      error={problem || conflict ? null : save.error}
      disabled={conflict}
      onSubmit={(reason) =>
        save.mutate({ items: withPrice(list.items, price, edited), expected: list.digest ?? "", reason })
      }
      onClose={onClose}
    >
      <div className={styles.fields}>
        <TextInput
          label={t("prices.model.field")}
          value={draft.model}
          onChange={(event) => change({ model: event.currentTarget.value })}
          error={problem?.field === "model" ? problem.sentence : undefined}
          classNames={{ input: "mono" }}
          list={models}
          autoComplete="off"
          spellCheck={false}
          data-autofocus={draft.model ? undefined : true}
        />
        <TextInput
          label={t("prices.provider")}
          placeholder={t("prices.provider.any")}
          value={draft.provider}
          onChange={(event) => change({ provider: event.currentTarget.value })}
          error={problem?.field === "provider" ? problem.sentence : undefined}
          classNames={{ input: "mono" }}
          list={providers}
          autoComplete="off"
          spellCheck={false}
        />
      </div>
      <Choices id={models} values={prices.models.map(nameOf)} />
      <Choices id={providers} values={prices.models.map((model) => model.provider)} />
      <Fitting draft={draft} prices={prices} />
      <RateFields draft={draft} onChange={change} problem={problem} />
      <TextInput
        type="date"
        label={t("prices.from.field")}
        description={t("prices.from.hint")}
        value={draft.valid_from}
        onChange={(event) => change({ valid_from: event.currentTarget.value })}
        error={problem?.field === "valid_from" ? problem.sentence : undefined}
        className={styles.day}
      />
      {replaces && <p className={styles.caution}>{t("prices.replaces")}</p>}
      {conflict && (
        <div className={styles.caution} role="alert">
          <p>{t("prices.conflict")}</p>
          <Button variant="default" onClick={() => void readAgain()} loading={current.isFetching}>
            {t("prices.conflict.reload")}
          </Button>
        </div>
      )}
    </ReasonDialog>
  );
}

function Choices({ id, values }: { id: string; values: string[] }) {
  const distinct = [...new Set(values.filter(Boolean))];
  return (
    <datalist id={id}>
      {distinct.map((value) => (
        <option key={value} value={value} />
      ))}
    </datalist>
  );
}

const MOST_NAMED = 4;

/** Which of the called models the pattern means, while one types it. */
function Fitting({ draft, prices }: { draft: Draft; prices: Prices }) {
  const { t } = useWords();
  if (!draft.model.trim()) return null;
  const found = fitting({ provider: draft.provider.trim(), model: draft.model }, prices.models);
  const names = [...new Set(found.map(nameOf))];
  const shown = names.slice(0, MOST_NAMED).join(", ");
  return (
    <p className={styles.fitting} role="note">
      {found.length === 0
        ? t("prices.fits.none")
        : t("prices.fits.some", {
            n: names.length,
            models: names.length > MOST_NAMED ? `${shown}, …` : shown,
          })}
    </p>
  );
}
