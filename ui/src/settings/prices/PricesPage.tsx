import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState } from "react";
import { useMay } from "@/api/session";
import { Icon } from "@/components/Icon";
import { Page, Section } from "@/components/Page";
import { EmptyState, Loaded } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import type { Dialog, Result } from "./Dialogs";
import { type ModelCosts, type Price, type Prices, pricesQuery } from "./data";
import { type Draft, draftFor, draftOf, EMPTY } from "./draft";
import { ModelTable } from "./ModelTable";
import { OwnPrices } from "./OwnPrices";
import styles from "./Prices.module.css";
import { lacksPrice } from "./priceList";
import { RecostingResult } from "./RecostingResult";
import "./texts";

const load = () => import("./Dialogs");
const Dialogs = lazy(() => load().then((module) => ({ default: module.Dialogs })));

/** What each model costs, by which price, and what has none; and the project's own prices. */
export function PricesPage() {
  const { t } = useWords();
  const query = useQuery(pricesQuery());
  return (
    <Page title={t("prices.title")}>
      <Loaded query={query} rows={10}>
        {(prices) => (
          <div className={styles.page}>
            <Whole prices={prices} />
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function Whole({ prices }: { prices: Prices }) {
  const { t } = useWords();
  const mayChange = useMay("editor");
  const [open, setOpen] = useState<Dialog>();
  const [result, setResult] = useState<Result>();
  // Not in the first load, and there before somebody asks for it.
  useEffect(() => {
    if (mayChange) void load();
  }, [mayChange]);
  const close = () => setOpen(undefined);
  const done = (made: Result) => {
    setResult(made);
    close();
  };
  const edit = (start: Draft, edited?: Price) => setOpen({ what: "edit", start, edited });
  const priceModel = mayChange ? (model: ModelCosts) => edit(draftFor(model)) : undefined;
  return (
    <>
      {!mayChange && <p className={`${styles.viewer} dim`}>{t("prices.viewer")}</p>}
      {result && <RecostingResult {...result} onClose={() => setResult(undefined)} />}
      <Models models={prices.models} onPrice={priceModel} />
      <Section
        flush
        title={t("prices.own")}
        aside={
          mayChange && (
            <Button
              variant="default"
              leftSection={<Icon name="plus" size={12} />}
              onClick={() => edit({ ...EMPTY })}
            >
              {t("prices.add")}
            </Button>
          )
        }
      >
        <OwnPrices
          prices={prices}
          onEdit={mayChange ? (price) => edit(draftOf(price), price) : undefined}
          onRemove={mayChange ? (price) => setOpen({ what: "remove", price }) : undefined}
        />
      </Section>
      {mayChange && prices.models.length > 0 && (
        <Section title={t("prices.history")}>
          <p className={styles.history}>{t("prices.again.text")}</p>
          <Button variant="default" onClick={() => setOpen({ what: "recost" })}>
            {t("prices.again")}
          </Button>
        </Section>
      )}
      {open && (
        <Suspense fallback={null}>
          <Dialogs open={open} prices={prices} onClose={close} onDone={done} />
        </Suspense>
      )}
    </>
  );
}

/** Those without a price stand first, on their own. */
function Models({ models, onPrice }: { models: ModelCosts[]; onPrice?: (model: ModelCosts) => void }) {
  const { t, format } = useWords();
  const unpriced = models.filter(lacksPrice);
  const others = models.filter((model) => !lacksPrice(model));
  const total = others.reduce((sum, model) => sum + (model.cost_usd ?? 0), 0);
  const isPart = models.some((model) => model.unpriced_calls > 0);
  if (models.length === 0) {
    return <EmptyState icon="model" title={t("prices.empty")} text={t("prices.empty.text")} />;
  }
  return (
    <>
      {unpriced.length > 0 && (
        <div className={styles.unpriced}>
          <Section flush title={t("prices.none")} aside={t("prices.models.count", { n: unpriced.length })}>
            <p className={styles.text}>{t("prices.none.text", { n: unpriced.length })}</p>
            <ModelTable label={t("prices.none")} models={unpriced} onPrice={onPrice} />
          </Section>
        </div>
      )}
      {others.length > 0 && (
        <Section
          flush
          title={t("prices.models")}
          aside={t(isPart ? "prices.everything.partly" : "prices.everything", { cost: format.cost(total) })}
        >
          <ModelTable label={t("prices.models")} models={others} onPrice={onPrice} />
        </Section>
      )}
    </>
  );
}
