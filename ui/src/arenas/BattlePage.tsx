import "./texts";
import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import {
  arenaQuery,
  battleQuery,
  giveVote,
  leaderboardQuery,
  type RevealedBattle,
  skipBattle,
  type VoteVerdict,
} from "@/api/arenas";
import { Icon } from "@/components/Icon";
import { Page } from "@/components/Page";
import { EmptyState, Loaded } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import { Refused } from "@/reviews/Refused";
import { useKeys } from "@/reviews/useKeys";
import styles from "./Arenas.module.css";
import { BattleView } from "./BattleView";

const CHOICES = [
  { key: "1", verdict: "first", word: "arenas.first" },
  { key: "2", verdict: "second", word: "arenas.second" },
  { key: "3", verdict: "tie", word: "arenas.tie" },
  { key: "4", verdict: "both_bad", word: "arenas.both_bad" },
] as const satisfies { key: string; verdict: VoteVerdict; word: string }[];

/** One battle at a time; whose the answers were is said once the vote is in. */
export function BattlePage() {
  const { t } = useWords();
  const { arena: name } = useParams({ from: "/arenas/$arena/vote" });
  const client = useQueryClient();
  const arena = useQuery(arenaQuery(name));
  const battle = useQuery(battleQuery(name));
  const [revealed, setRevealed] = useState<RevealedBattle | null>(null);

  const act = useMutation({
    mutationFn: async (step: () => Promise<RevealedBattle | null>) => {
      const said = await step();
      const next = await client.fetchQuery(battleQuery(name));
      return { said, next };
    },
    onSuccess: ({ said }) => {
      setRevealed(said);
      for (const query of [arenaQuery(name), leaderboardQuery(name)]) {
        void client.invalidateQueries({ queryKey: query.queryKey });
      }
    },
  });
  const shown = battle.data?.battle ?? null;
  const vote = (verdict: VoteVerdict) => shown && act.mutate(() => giveVote(name, shown.id, verdict));
  const skip = () => shown && act.mutate(() => skipBattle(name, shown.id).then(() => null));
  const ready = shown !== null && !act.isPending;
  const whole = shown !== null && shown.answers.length === 2;
  // A key that is held down, or pressed twice, votes once and not on the next battle unseen.
  useKeys({
    ...(ready ? { s: skip } : {}),
    ...(ready && whole
      ? Object.fromEntries(CHOICES.map(({ key, verdict }) => [key, () => vote(verdict)]))
      : {}),
  });

  return (
    <Page
      fill
      title={t("arenas.voting", { arena: name })}
      trail={
        <>
          <Link to="/arenas">{t("nav.arenas")}</Link>
          <Icon name="right" size={10} />
          <Link to="/arenas/$arena" params={{ arena: name }}>
            {name}
          </Link>
        </>
      }
      heading={<h1 className="clip">{t("arenas.vote")}</h1>}
    >
      <Loaded query={arena}>
        {(loaded) => (
          <Loaded query={battle}>
            {() => (
              <div className={styles.desk}>
                <Revealed battle={revealed} />
                {shown ? (
                  <>
                    <div className={styles.sheet}>
                      <BattleView key={shown.id} battle={shown} guidelines={loaded.guidelines} />
                    </div>
                    <div className={styles.choices}>
                      {CHOICES.map(({ key, verdict, word }) => (
                        <Button
                          key={key}
                          variant="default"
                          disabled={!ready || !whole}
                          onClick={() => vote(verdict)}
                          rightSection={<kbd>{key}</kbd>}
                        >
                          {t(word)}
                        </Button>
                      ))}
                      <Button variant="subtle" disabled={!ready} onClick={skip} rightSection={<kbd>S</kbd>}>
                        {t("arenas.skip")}
                      </Button>
                      {act.error !== null && <Refused error={act.error} />}
                    </div>
                  </>
                ) : (
                  <EmptyState
                    icon="check"
                    title={t("arenas.done")}
                    text={t("arenas.done.text", { n: loaded.votes })}
                  >
                    <Link className="link" to="/arenas/$arena" params={{ arena: name }}>
                      {t("arenas.leaderboard")}
                    </Link>
                  </EmptyState>
                )}
              </div>
            )}
          </Loaded>
        )}
      </Loaded>
    </Page>
  );
}

/** Whose the answers of the battle before were. */
function Revealed({ battle }: { battle: RevealedBattle | null }) {
  const { t } = useWords();
  const name = ({ release }: RevealedBattle["first"]) => `${release.name}@${release.number}`;
  return (
    <p className={styles.revealed} aria-live="polite">
      {battle &&
        t(`arenas.revealed.${battle.verdict}`, { first: name(battle.first), second: name(battle.second) })}
    </p>
  );
}
