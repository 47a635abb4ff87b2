import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { environmentsQuery } from "@/api/queries";
import { useMay } from "@/api/session";
import { Icon } from "@/components/Icon";
import { useWords } from "@/i18n/useWords";
import type { RollbackTarget } from "./RollbackDialog";

const RollbackDialog = lazy(() =>
  import("./RollbackDialog").then((module) => ({ default: module.RollbackDialog })),
);

interface Props {
  name: string;
  digest: string;
}

/** Shown where this version runs and there is one to go back to. */
export function RollbackButton({ name, digest }: Props) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const environments = useQuery(environmentsQuery()).data?.items ?? [];
  const targets = environments.flatMap(({ name: environment, deployments }) =>
    deployments.flatMap((deployment): RollbackTarget[] =>
      deployment.release === name && deployment.digest === digest && deployment.previous
        ? [{ environment, previous: deployment.previous }]
        : [],
    ),
  );
  if (!useMay("editor") || targets.length === 0) return null;
  return (
    <>
      <Button
        variant="default"
        leftSection={<Icon name="rollback" size={14} />}
        onClick={() => setOpen(true)}
      >
        {t("rollback.action")}
      </Button>
      {open && (
        <Suspense fallback={null}>
          <RollbackDialog name={name} digest={digest} targets={targets} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
