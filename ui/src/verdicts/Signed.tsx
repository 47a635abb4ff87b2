import { Button } from "@mantine/core";
import type { Verdict } from "@/api/types";
import { Command, CopyButton } from "@/components/Copy";
import { Icon } from "@/components/Icon";
import { enSigned } from "@/i18n/en-signed";
import { koSigned } from "@/i18n/ko-signed";
import { addTexts } from "@/i18n/language";
import { useWords } from "@/i18n/useWords";

addTexts({ en: enSigned, ko: koSigned });

/** Downloads a verdict as a file that can be verified where no server is. */
export function SignedButton({ verdict }: { verdict: Verdict }) {
  const { t } = useWords();
  if (!verdict.signed_by?.length) return null;
  return (
    <Button
      component="a"
      variant="default"
      href={`/api/v1/verdicts/${verdict.id}/attestation`}
      download
      data-tip={t("signed.tip")}
      leftSection={<Icon name="download" size={14} />}
    >
      {t("signed.download")}
    </Button>
  );
}

/** Which keys vouch for a verdict, or how to have it signed. */
export function SignedBy({ verdict }: { verdict: Verdict }) {
  const { t } = useWords();
  const keys = verdict.signed_by ?? [];
  return (
    <>
      <dt>{t("signed.by")}</dt>
      {keys.length === 0 && (
        <dd>
          <span className="dim">{t("signed.none")}</span>
          <Command text={`windlass verdicts sign ${verdict.id}`} />
        </dd>
      )}
      {keys.map((key) => (
        <dd key={key} className="mono">
          {key} <CopyButton text={key} label={t("signed.copy")} />
        </dd>
      ))}
    </>
  );
}
