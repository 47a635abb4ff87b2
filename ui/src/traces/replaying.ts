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
  url: string;
  model: string;
  keyVariable: string;
  policy: Policy;
  simulator: string;
  /** With the policy live: the MCP server, and the tools of it that change nothing, with commas between. */
  tools: string;
  safe: string;
}

export const NOTHING_SAID: Replaying = {
  dataset: "",
  sample: "1",
  url: "",
  model: "",
  keyVariable: "",
  policy: "stop",
  simulator: "",
  tools: "",
  safe: "",
};

/** Whether enough is said for the server to replay: it calls no tools, so never with the policy live. */
export function isSaid(said: Replaying): boolean {
  const share = Number(said.sample);
  return (
    said.dataset !== "" &&
    said.url !== "" &&
    said.model !== "" &&
    share > 0 &&
    share <= 1 &&
    (said.policy === "stop" || (said.policy === "simulate" && said.simulator !== ""))
  );
}

/** The run that replays a version of the dataset. */
export function runOf(said: Replaying, digest: string): ReplayRequest {
  return {
    dataset: `${said.dataset}@${digest}`,
    repeats: 1,
    cache: false,
    target: {
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
    },
    replay: {
      policy: said.policy,
      simulator: said.policy === "simulate" ? said.simulator : "",
      live: [],
    },
  };
}

/** The same on the command line, which may call tools that are named safe. */
export function replayCommand(filter: TraceFilter, said: Replaying): string {
  const { q, where, from, to, release, environment, status } = traceParameters(filter);
  const isLive = said.policy === "live";
  const safe = said.safe.split(",").map((name) => name.trim());
  const lines = commandLines("windlass replay", [
    ["--dataset", said.dataset || "NAME"],
    ["--target", said.url || "URL"],
    ["--model", said.model || "NAME"],
    ["--key", said.keyVariable || undefined],
    ["--policy", said.policy === "stop" ? undefined : said.policy],
    ["--simulator", said.policy === "simulate" ? said.simulator || "openai:NAME" : undefined],
    ["--tools", isLive ? said.tools || "URL" : undefined],
    ["--safe", isLive ? safe.map((name) => name || "TOOL") : undefined],
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
