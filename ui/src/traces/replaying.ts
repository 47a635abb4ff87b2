import { type TraceFilter, traceParameters } from "@/api/queries";
import type { components } from "@/api/schema";
import { commandLines } from "@/components/commandLine";

export type ReplayRequest = components["schemas"]["RunRequest"];

export const POLICIES = ["stop", "simulate", "live"] as const;
export type Policy = (typeof POLICIES)[number];

/** What the form says, as it was typed. */
export interface Replaying {
  dataset: string;
  sample: string;
  /** Who is asked: a release of this project, or an agent by URL. */
  candidate: "release" | "agent";
  /** The release, as name@what. */
  release: string;
  url: string;
  model: string;
  keyVariable: string;
  policy: Policy;
  simulator: string;
  /** With the policy live: an agent's MCP server, and the tools that change nothing, with commas between. */
  tools: string;
  safe: string;
}

export const NOTHING_SAID: Replaying = {
  dataset: "",
  sample: "1",
  candidate: "release",
  release: "",
  url: "",
  model: "",
  keyVariable: "",
  policy: "stop",
  simulator: "",
  tools: "",
  safe: "",
};

/** Whether the server may be asked: it calls tools of a release, and none of an agent by URL. */
export const isForServer = (said: Replaying) => said.policy !== "live" || said.candidate === "release";

/** Whether enough is said for the server to replay. */
export function isSaid(said: Replaying): boolean {
  const share = Number(said.sample);
  const candidate = said.candidate === "release" ? said.release !== "" : said.url !== "" && said.model !== "";
  const beyond = { stop: true, simulate: said.simulator !== "", live: safeTools(said).length > 0 };
  return (
    said.dataset !== "" && candidate && share > 0 && share <= 1 && isForServer(said) && beyond[said.policy]
  );
}

function safeTools(said: Replaying): string[] {
  return said.safe
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
}

/** The run that replays a version of the dataset. */
export function runOf(said: Replaying, digest: string): ReplayRequest {
  return {
    dataset: `${said.dataset}@${digest}`,
    repeats: 1,
    cache: false,
    ...(said.candidate === "release" ? { release: said.release } : { target: agentOf(said) }),
    replay: {
      policy: said.policy,
      simulator: said.policy === "simulate" ? said.simulator : "",
      live: said.policy === "live" ? safeTools(said) : [],
    },
  };
}

function agentOf(said: Replaying): NonNullable<ReplayRequest["target"]> {
  return {
    protocol: "openai",
    url: said.url,
    model: said.model,
    parameters: {},
    skill: "",
    method: "",
    tool: "",
    key_variable: said.keyVariable,
    headers: {},
    timeout_s: 120,
  };
}

/** The same on the command line, which may call an agent's tools that are named safe. */
export function replayCommand(filter: TraceFilter, said: Replaying): string {
  const { q, where, from, to, release, environment, status } = traceParameters(filter);
  const isLive = said.policy === "live";
  const isRelease = said.candidate === "release";
  const safe = safeTools(said);
  const lines = commandLines(isRelease ? `windlass replay ${said.release || "RELEASE"}` : "windlass replay", [
    ["--dataset", said.dataset || "NAME"],
    ["--target", isRelease ? undefined : said.url || "URL"],
    ["--model", isRelease ? undefined : said.model || "NAME"],
    ["--key", isRelease ? undefined : said.keyVariable || undefined],
    ["--policy", said.policy === "stop" ? undefined : said.policy],
    ["--simulator", said.policy === "simulate" ? said.simulator || "openai:NAME" : undefined],
    ["--tools", isLive && !isRelease ? said.tools || "URL" : undefined],
    ["--safe", isLive ? (safe.length > 0 ? safe : ["TOOL"]) : undefined],
    ["--draw --sample", said.sample],
    ["--filter", where],
    ["--text", q],
    ["--release", release],
    ["--environment", environment],
    ["--status", status],
    ["--from", from],
    ["--to", to],
  ]);
  return lines.replaceAll(" \\\n  ", " ");
}
