import "./texts";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { type Arena, arenaQuery, type Leaderboard, leaderboardQuery } from "@/api/arenas";
import { useMay } from "@/api/session";
import { DatasetName } from "@/components/DatasetName";
import { Page, Section } from "@/components/Page";
import { ReportButton } from "@/components/ReportButton";
import { EmptyState, Loaded } from "@/components/States";
import { When } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import { AgreementTable } from "./AgreementTable";
import styles from "./Arenas.module.css";
import { BoardView } from "./BoardView";
import { RanksTable } from "./RanksTable";
import { WinMatrix } from "./WinMatrix";

export { ArenasPage } from "./ArenasPage";
export { BattlePage } from "./BattlePage";

const JudgeButton = lazy(() => import("./JudgeButton").then((module) => ({ default: module.JudgeButton })));
const JudgeLine = lazy(() => import("./JudgeLine").then((module) => ({ default: module.JudgeLine })));
const Judgings = lazy(() => import("./Judgings").then((module) => ({ default: module.Judgings })));

/** Who is ranked where: by people, by each judge, and whether these agree. */
export function ArenaPage() {
  const { t } = useWords();
  const navigate = useNavigate();
  const mayVote = useMay("reviewer");
  const mayEdit = useMay("editor");
  const { arena: name } = useParams({ from: "/arenas/$arena" });
  const arena = useQuery(arenaQuery(name));
  const leaderboard = useQuery(leaderboardQuery(name));
  return (
    <Page
      title={name}
      trail={<Link to="/arenas">{t("nav.arenas")}</Link>}
      actions={
        arena.data && (
          <>
            <ReportButton path={`/arenas/${encodeURIComponent(name)}/report.html`} />
            {mayEdit && (
              <Suspense>
                <JudgeButton arena={name} />
              </Suspense>
            )}
            {mayVote && (
              <Button onClick={() => void navigate({ to: "/arenas/$arena/vote", params: { arena: name } })}>
                {t("arenas.vote")}
              </Button>
            )}
          </>
        )
      }
    >
      <Loaded query={arena}>
        {(loaded) => (
          <Loaded query={leaderboard}>{(boards) => <ArenaBody arena={loaded} leaderboard={boards} />}</Loaded>
        )}
      </Loaded>
    </Page>
  );
}

function ArenaBody({ arena, leaderboard }: { arena: Arena; leaderboard: Leaderboard }) {
  const { t } = useWords();
  const ranked = leaderboard.boards.filter(({ ranking }) => ranking);
  return (
    <div className={styles.page}>
      <ArenaFacts arena={arena} />
      <Suspense>
        <Judgings arena={arena.name} />
      </Suspense>
      {ranked.length === 0 && (
        <EmptyState
          icon="compare"
          title={t("arenas.no_verdicts")}
          text={t("arenas.no_verdicts.text")}
          command={`windlass arena judge ${arena.name} --judge EVALUATOR`}
        />
      )}
      {ranked.map((board) => (
        <Section
          key={board.name}
          title={board.kind === "person" ? t("arenas.people") : `${t("arenas.judge")}: ${board.name}`}
          aside={
            board.judge && (
              <Suspense>
                <JudgeLine judge={board.judge} />
              </Suspense>
            )
          }
        >
          <BoardView board={board} boards={ranked} />
        </Section>
      ))}
      {ranked.map(
        (board) =>
          board.ranking &&
          board.ranking.players.length > 2 && (
            <Section
              key={board.name}
              flush
              title={t("arenas.matrix")}
              aside={board.kind === "person" ? t("arenas.people") : board.name}
            >
              <WinMatrix ranking={board.ranking} />
            </Section>
          ),
      )}
      {ranked.length > 1 && (
        <Section title={t("arenas.ranks")} aside={t("arenas.ranks.text")} flush>
          <RanksTable boards={ranked} />
        </Section>
      )}
      {ranked.length > 0 && (
        <Section title={t("arenas.agreement")} aside={t("arenas.agreement.text")} flush>
          <AgreementTable leaderboard={leaderboard} />
        </Section>
      )}
    </div>
  );
}

function ArenaFacts({ arena }: { arena: Arena }) {
  const { t, format } = useWords();
  return (
    <dl className={styles.facts}>
      <div>
        <dt>{t("runs.dataset")}</dt>
        <dd>
          <DatasetName name={arena.dataset.name} number={arena.dataset.number} />
        </dd>
      </div>
      {(
        [
          ["arenas.items", arena.items],
          ["arenas.votes", arena.votes],
          ["arenas.judged", arena.judgements],
        ] as const
      ).map(([word, number]) => (
        <div key={word}>
          <dt>{t(word)}</dt>
          <dd className="num">{format.integer(number)}</dd>
        </div>
      ))}
      <div>
        <dt>{t("arenas.created")}</dt>
        <dd>
          <When time={arena.created} /> <span className="dim">{arena.created_by}</span>
        </dd>
      </div>
    </dl>
  );
}
