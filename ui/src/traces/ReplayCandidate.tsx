import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { artifactsQuery } from "@/api/queries";
import { TextField } from "@/components/Field";
import { Select } from "@/components/Select";
import { useWords } from "@/i18n/useWords";
import styles from "./Replaying.module.css";
import type { Replaying } from "./replaying";

interface Props {
  said: Replaying;
  say: (part: Partial<Replaying>) => void;
}

/** Who is asked again: a release of this project, or an agent by URL. */
export function ReplayCandidate({ said, say }: Props) {
  const { t } = useWords();
  return (
    <>
      <div className={styles.two}>
        <Select
          label={t("replaying.candidate")}
          labelled
          value={said.candidate}
          onChange={(candidate) => say({ candidate: candidate as Replaying["candidate"] })}
          options={[
            { value: "release", name: t("replaying.candidate.release") },
            { value: "agent", name: t("replaying.candidate.agent") },
          ]}
        />
        {said.candidate === "release" && <ReleaseChoice said={said} say={say} />}
      </div>
      {said.candidate === "release" ? (
        <p className="dim">{t("replaying.release.text")}</p>
      ) : (
        <Agent said={said} say={say} />
      )}
    </>
  );
}

/** The newest version of each release; the first is chosen until another is. */
function ReleaseChoice({ said, say }: Props) {
  const { t } = useWords();
  const releases = useQuery(artifactsQuery("release")).data?.items ?? [];
  const options = releases.map(({ name, latest }) => ({
    value: `${name}@${latest.number}`,
    name: `${name}@${latest.number}`,
  }));
  const first = options[0]?.value ?? "";
  useEffect(() => {
    if (said.release === "" && first !== "") say({ release: first });
  });
  return (
    <Select
      label={t("replaying.release")}
      labelled
      value={said.release}
      onChange={(release) => say({ release })}
      options={options}
    />
  );
}

function Agent({ said, say }: Props) {
  const { t } = useWords();
  return (
    <>
      <TextField
        label={t("replaying.url")}
        description={t("replaying.url.text")}
        placeholder="http://127.0.0.1:9000/v1"
        value={said.url}
        onText={(url) => say({ url: url.trim() })}
        mono
        required
        spellCheck={false}
      />
      <div className={styles.two}>
        <TextField
          label={t("replaying.model")}
          placeholder="shop-next"
          value={said.model}
          onText={(model) => say({ model: model.trim() })}
          mono
          required
          spellCheck={false}
        />
        <TextField
          label={t("replaying.key")}
          placeholder="SHOP_KEY"
          value={said.keyVariable}
          onText={(keyVariable) => say({ keyVariable: keyVariable.trim() })}
          mono
          spellCheck={false}
        />
      </div>
    </>
  );
}
