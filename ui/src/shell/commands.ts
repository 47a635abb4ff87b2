import "./laterTexts";
import type { ArtifactSummary, RunSummary, Verdict } from "@/api/types";
import type { IconName } from "@/components/Icon";
import type { Words } from "@/i18n/language";
import { SECTIONS } from "@/settings/sections";
import { PLACES } from "./Rail";

export interface Command {
  id: string;
  group: "go" | "release" | "dataset" | "evaluator" | "run" | "verdict" | "action";
  icon: IconName;
  name: string;
  hint?: string;
  go: { to: string } | { run: () => void };
}

interface Known {
  releases: ArtifactSummary[];
  datasets: ArtifactSummary[];
  evaluators: ArtifactSummary[];
  runs: RunSummary[];
  verdicts: Verdict[];
}

export function objectCommands({ t, format }: Words, known: Known): Command[] {
  const places = PLACES.map(
    ({ to, icon, word }): Command => ({ id: to, group: "go", icon, name: t(word), go: { to } }),
  );
  const settings = SECTIONS.map(
    ({ to, word }): Command => ({
      id: to,
      group: "go",
      icon: "settings",
      name: t(word),
      hint: t("nav.settings"),
      go: { to },
    }),
  );
  const releases = known.releases.flatMap(({ name, latest, labels }): Command[] => [
    {
      id: `release/${name}`,
      group: "release",
      icon: "releases",
      name: `${name}@${latest.number}`,
      hint: t("palette.latest"),
      go: { to: `/releases/${encodeURIComponent(name)}/${latest.number}` },
    },
    ...Object.keys(labels)
      .filter((label) => label !== "latest")
      .map(
        (label): Command => ({
          id: `release/${name}@${label}`,
          group: "release",
          icon: "releases",
          name: `${name}@${label}`,
          go: { to: `/releases/${encodeURIComponent(name)}/${encodeURIComponent(label)}` },
        }),
      ),
  ]);
  const named = (kind: "dataset" | "evaluator", icon: IconName, artifacts: ArtifactSummary[]) =>
    artifacts.map(
      ({ name, latest }): Command => ({
        id: `${kind}/${name}`,
        group: kind,
        icon,
        name: `${name}@${latest.number}`,
        go: { to: `/${kind}s/${encodeURIComponent(name)}` },
      }),
    );
  const runs = known.runs.slice(0, 20).map(
    (run): Command => ({
      id: run.id,
      group: "run",
      icon: "runs",
      name: t("palette.run", {
        release: `${run.release.name}@${run.release.number}`,
        dataset: run.dataset.name,
      }),
      hint: format.relative(run.created),
      go: { to: `/runs/${run.id}` },
    }),
  );
  const verdicts = known.verdicts.slice(0, 10).map(
    (verdict): Command => ({
      id: verdict.id,
      group: "verdict",
      icon: "verdict",
      name: `${verdict.candidate.name}@${verdict.candidate.number}`,
      hint: t(`outcome.${verdict.outcome}`),
      go: { to: `/verdicts/${verdict.id}` },
    }),
  );
  return [
    ...places,
    ...settings,
    ...releases,
    ...named("dataset", "dataset", known.datasets),
    ...named("evaluator", "evaluators", known.evaluators),
    ...runs,
    ...verdicts,
  ];
}

/** All words of the query must occur; matches at the start of the name come first. */
export function matching(commands: Command[], query: string): Command[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const rank = (command: Command) => {
    const text = `${command.name} ${command.hint ?? ""} ${command.id}`.toLowerCase();
    if (!words.every((word) => text.includes(word))) return -1;
    return command.name.toLowerCase().startsWith(words[0] ?? "") ? 0 : 1;
  };
  return commands
    .map((command) => ({ command, rank: rank(command) }))
    .filter((entry) => entry.rank >= 0)
    .sort((a, b) => a.rank - b.rank)
    .map((entry) => entry.command);
}

const TRACE_ID = /^[0-9a-f]{32}$/i;

/** What a free text can open: the trace with this id, or a search in the traces. */
export function textCommands({ t }: Words, query: string): Command[] {
  const text = query.trim();
  if (!text) return [];
  if (TRACE_ID.test(text)) {
    return [
      {
        id: "trace",
        group: "go",
        icon: "traces",
        name: t("palette.trace"),
        hint: text.slice(0, 8),
        go: { to: `/traces/${text}` },
      },
    ];
  }
  return [
    {
      id: "search-traces",
      group: "go",
      icon: "search",
      name: t("palette.search", { text }),
      go: { to: `/traces?q=${encodeURIComponent(text)}` },
    },
  ];
}
