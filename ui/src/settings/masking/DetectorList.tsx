import type { Detector } from "@/api/masking";
import { Section } from "@/components/Page";
import { useWords } from "@/i18n/useWords";
import { Choice } from "./Choice";
import { Count, type Counts } from "./Count";
import styles from "./Masking.module.css";
import { PERSONAL, SECRETS, withDetector } from "./rules";

const EXAMPLES: Record<Detector, string> = {
  email: "ada@example.com",
  phone: "+82 10-1234-5678",
  credit_card: "4111 1111 1111 1111",
  iban: "DE89 3704 0044 0532 0130 00",
  ip_address: "203.0.113.7",
  korean_rrn: "900101-1234567",
  brazilian_cpf: "529.982.247-25",
  spanish_dni: "12345678Z",
  api_key: "sk-…, ghp_…, Bearer …",
  jwt: "eyJ….eyJ….…",
  private_key: "-----BEGIN PRIVATE KEY-----",
};

interface Props {
  on: Detector[];
  held: Detector[];
  counts: Counts;
  readOnly: boolean;
  onChange: (on: Detector[]) => void;
}

/** What has a shape of its own, on or off. */
export function DetectorList({ on, held, counts, readOnly, onChange }: Props) {
  const { t } = useWords();
  const groups = [
    { title: t("masking.detectors.personal"), detectors: PERSONAL },
    { title: t("masking.detectors.secrets"), detectors: SECRETS },
  ];
  return (
    <Section
      flush
      title={t("masking.detectors")}
      aside={t("masking.detectors.on", { n: on.length, all: PERSONAL.length + SECRETS.length })}
    >
      <p className={styles.about}>{t("masking.detectors.text")}</p>
      {groups.map(({ title, detectors }) => (
        <div key={title}>
          <h3 className={styles.group}>{title}</h3>
          <ul className={styles.choices}>
            {detectors.map((detector) => (
              <Choice
                key={detector}
                mono
                name={t(`masking.detector.${detector}`)}
                detail={EXAMPLES[detector]}
                on={on.includes(detector)}
                disabled={readOnly}
                onChange={(now) => onChange(withDetector(on, detector, now, held))}
              >
                <Count counts={counts} rule={`detector:${detector}`} off={!held.includes(detector)} />
              </Choice>
            ))}
          </ul>
        </div>
      ))}
    </Section>
  );
}
