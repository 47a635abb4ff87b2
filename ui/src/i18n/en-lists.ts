/** The English texts of conditions, saved views and the comparison of traces. */
export const enLists = {
  "against.open": "Compare with the open trace",
  "filter.conditions": "Conditions on one span",
  "filter.only": "Only with {condition}",
  "filter.operators": "Then = != < <= > >= or ~ (contains), and a value",

  "nav.datasets": "Datasets",
  "nav.evaluators": "Evaluators",
  "nav.sessions": "Sessions",
  "nav.spans": "Spans",
  "nav.users": "Users",

  "since.1h": "Last hour",
  "since.24h": "Last 24 hours",
  "since.7d": "Last 7 days",
  "since.30d": "Last 30 days",

  "span.add": "Add to a dataset",
  "span.curl": "Copy as curl",
  "span.dataset": "Copy as a dataset item",
  "span.dataset.tip": "One line of JSON: id, input, reference. Add it to a dataset's file and push.",
};
