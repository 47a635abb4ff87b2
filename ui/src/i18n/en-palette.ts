/** The English texts of the command palette and of signing in. */
export const enPalette = {
  "palette.dark": "Switch to the dark theme",
  "palette.group.action": "Actions",
  "palette.group.dataset": "Datasets",
  "palette.group.evaluator": "Evaluators",
  "palette.group.go": "Go to",
  "palette.group.release": "Releases",
  "palette.group.run": "Runs",
  "palette.group.verdict": "Verdicts",
  "palette.latest": "latest",
  "palette.light": "Switch to the light theme",
  "palette.placeholder": "A page, release, run, trace id or text…",
  "palette.run": "{release} on {dataset}",
  "palette.search": "Search the traces for “{text}”",
  "palette.trace": "Open the trace",

  "signin.help": "No key yet? Whoever runs this server can create one:",
  "signin.key": "API key",
  "signin.refused": "This key was not accepted.",
  "signin.submit": "Sign in",
  "signin.title": "Sign in with an API key",
};
