// promptfoo: every sample a row of its SQLite store, as `promptfoo eval` keeps them. The model is a provider of
// JavaScript: what a call over HTTP costs is left out, as it is for the others.
//
//     node promptfoo_peer.mjs PACKAGE SAMPLES CONCURRENCY LATENCY_S

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, ...numbers] = process.argv.slice(2);
const [samples, concurrency, latencyS] = numbers.map(Number);
const { exports, main } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const entry = exports?.["."]?.import?.default ?? exports?.["."]?.import ?? main;
const { evaluate } = (await import(pathToFileURL(resolve(folder, entry)))).default;

async function answer(_prompt, context) {
  if (latencyS) await new Promise((done) => setTimeout(done, latencyS * 1000));
  return { output: `answer ${context.vars.number}` };
}

const suite = {
  prompts: ["Question {{number}}?"],
  providers: [answer],
  tests: Array.from({ length: samples }, (_, number) => ({
    vars: { number: String(number) },
    assert: [{ type: "equals", value: `answer ${number}` }],
  })),
  writeLatestResults: true,
};
const options = { maxConcurrency: concurrency, cache: false, showProgressBar: false };

const began = performance.now();
const before = process.cpuUsage();
const found = await evaluate(suite, options);
const used = process.cpuUsage(before);
const { stats } = await found.toEvaluateSummary();
const told = {
  wall_s: (performance.now() - began) / 1000,
  cpu_s: (used.user + used.system) / 1e6,
  correct: stats.successes,
};
process.stdout.write(`\n${JSON.stringify(told)}\n`, () => process.exit(0));
