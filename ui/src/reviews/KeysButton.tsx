import { Button } from "@mantine/core";
import { useWords } from "@/i18n/useWords";

/** Shows which keys there are. */
export function KeysButton({ onClick }: { onClick: () => void }) {
  const { t } = useWords();
  return (
    <Button
      variant="default"
      aria-label={t("reviews.keys")}
      data-tip={`${t("reviews.keys")} · ?`}
      onClick={onClick}
    >
      ?
    </Button>
  );
}
