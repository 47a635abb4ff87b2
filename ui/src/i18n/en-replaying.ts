/** The English texts of starting a replay from traces: they come with its form. */
export const enReplaying = {
  "replaying.action": "Replay",
  "replaying.all":
    "All traces of the project become recordings in a dataset. Filter the list first to replay some.",
  "replaying.candidate": "Who is asked again",
  "replaying.candidate.agent": "An agent by URL",
  "replaying.candidate.release": "A release",
  "replaying.filtered":
    "The traces that the list's filter finds become recordings in a dataset, and what was asked in them is asked again.",
  "replaying.key": "Variable of the server that holds its key",
  "replaying.model": "Its model or name",
  "replaying.nothing": "No trace is meant that says what was asked, so there is nothing to replay.",
  "replaying.one":
    "What was asked is asked again, and what its tools answered is kept in a dataset: no tool acts a second time.",
  "replaying.policy": "Where it leaves the record",
  "replaying.policy.live": "Call tools that are safe",
  "replaying.policy.live.release":
    "Tools of the release that you name are really called where the record does not have a call: only those whose effect is read. At any other the sample ends.",
  "replaying.policy.live.text":
    "The server calls no tools: run the command below where the tools are. Tools that you name change nothing when they are called; at any other the sample ends.",
  "replaying.policy.simulate": "A model simulates the tools",
  "replaying.policy.simulate.text":
    "From the first call that the record does not have, a model makes the answers. The sample is scored, and its calls are marked.",
  "replaying.policy.stop": "The sample ends",
  "replaying.policy.stop.text":
    "The first call that the record does not have ends the sample: it has no scores, and counts as missing.",
  "replaying.release": "Release",
  "replaying.release.text":
    "Its model is asked with its own tools, and what they answered is taken from the record: they need not be there.",
  "replaying.safe": "Tools that are safe to call",
  "replaying.sample": "Share to draw",
  "replaying.simulator": "Model that simulates",
  "replaying.start": "Replay",
  "replaying.title": "Replay this trace",
  "replaying.title.list": "Replay traces",
  "replaying.tools": "MCP server of the tools",
  "replaying.url": "Agent",
  "replaying.url.text":
    "Speaks OpenAI's protocol and asks for its tools; an administrator allows its address (WINDLASS_TARGET_URLS).",
};
