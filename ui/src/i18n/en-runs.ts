/** English texts of how runs end and what they spend. */
export const enRuns = {
  "run.calls": "model calls",
  "run.calls.cached": "{n} from the cache",
  "run.agents": "Each agent",
  "run.agents.items": "Items",
  "run.agents.metric": "Metric",
  "run.agents.nobody": "no agent",
  "run.agents.none": "The traces of this run name no agents and call nothing.",
  "run.calls.refused": "{n} refused",
  "run.max.none": "Empty: no ceiling",
  "run.max_cost": "Ceiling of the run in US dollars",
  "run.max_tokens": "Ceiling of the run in tokens",
  "run.resume": "Resume",
  "run.resume.gate.text":
    "Both runs of the gate go on. Finished samples stay, and it decides as if it had not ended; ceilings are of each run.",
  "run.resume.gate.title": "Resume the gate",
  "run.resume.text":
    "What is finished stays and is not paid for again. Samples that took too long, or whose provider failed, are asked again.",
  "run.resume.title": "Resume the run",
  "run.spent": "spent",
  "run.tokens": "tokens",
  "run.unpriced": "+ {n} calls without a price",
};
