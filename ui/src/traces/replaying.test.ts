import { expect, test } from "vitest";
import { isSaid, NOTHING_SAID, type Replaying, replayCommand, runOf } from "./replaying";

const SAID: Replaying = {
  ...NOTHING_SAID,
  dataset: "recordings",
  candidate: "agent",
  url: "http://127.0.0.1:9000/v1",
  model: "shop",
};

const RELEASE: Replaying = { ...NOTHING_SAID, dataset: "recordings", release: "shop@latest" };

test("the server replays a release with any policy, and calls the tools that are named", () => {
  expect(isSaid(RELEASE)).toBe(true);
  expect(isSaid({ ...RELEASE, release: "" })).toBe(false);
  expect(isSaid({ ...RELEASE, policy: "live" })).toBe(false);
  const live: Replaying = { ...RELEASE, policy: "live", safe: "find, look", url: "left from before" };
  expect(isSaid(live)).toBe(true);
  const run = runOf(live, "sha256:1");
  expect([run.release, run.target, run.replay?.live]).toEqual(["shop@latest", undefined, ["find", "look"]]);
  expect(replayCommand({ q: "abc" }, live)).toBe(
    "windlass replay shop@latest --dataset recordings --policy live --safe find --safe look --draw --sample 1 " +
      "--text abc",
  );
});

test("the server replays an agent with stop, or with a model that simulates, and never calls a tool", () => {
  expect(isSaid(SAID)).toBe(true);
  expect(isSaid({ ...SAID, model: "" })).toBe(false);
  expect(isSaid({ ...SAID, sample: "0" })).toBe(false);
  expect(isSaid({ ...SAID, policy: "simulate" })).toBe(false);
  expect(isSaid({ ...SAID, policy: "simulate", simulator: "openai:gpt-5-mini" })).toBe(true);
  expect(isSaid({ ...SAID, policy: "live" })).toBe(false);
});

test("a run replays the version that was drawn", () => {
  const run = runOf({ ...SAID, simulator: "left from before" }, "sha256:1");
  expect([run.dataset, run.target?.model, run.replay]).toEqual([
    "recordings@sha256:1",
    "shop",
    { policy: "stop", simulator: "", live: [] },
  ]);
});

test("the command says what the form says, and which tools may be called", () => {
  const live: Replaying = { ...SAID, policy: "live", tools: "http://127.0.0.1:8000/mcp", safe: "find, look" };
  expect(replayCommand({ q: "abc", environment: "production" }, live)).toBe(
    "windlass replay --dataset recordings --target http://127.0.0.1:9000/v1 --model shop --policy live " +
      "--tools http://127.0.0.1:8000/mcp --safe find --safe look --draw --sample 1 --text abc " +
      "--environment production",
  );
});
