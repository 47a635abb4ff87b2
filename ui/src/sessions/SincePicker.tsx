import { Select } from "@/components/Select";
import type { TextKey } from "@/i18n/catalogue";
import { useWords } from "@/i18n/useWords";

const CHOICES = ["1h", "24h", "7d", "30d"] as const;

interface Props {
  since: string | undefined;
  onChange: (since: string | undefined) => void;
}

export function SincePicker({ since, onChange }: Props) {
  const { t } = useWords();
  const options = CHOICES.map((value) => ({ value, name: t(`since.${value}` satisfies TextKey) }));
  return (
    <Select
      label={t("sessions.since")}
      value={since ?? ""}
      options={[{ value: "", name: t("sessions.all") }, ...options]}
      onChange={(value) => onChange(value || undefined)}
    />
  );
}
