/** The English texts of conditions, saved views and the comparison of traces. */
export const enLists = {
  "against.added": "Only here",
  "against.changed": "Changed",
  "against.choose": "Compare with",
  "against.close": "End the comparison",
  "against.latest": "Newest traces of the same name",
  "against.none": "No other trace has this name.",
  "against.open": "Compare with the open trace",
  "against.removed": "Only there",
  "against.same": "Texts, model, tokens and status are the same.",
  "against.summary": "{changed} changed, {added} added, {removed} removed",
  "against.this": "This trace",
  "against.that": "Compared with",
  "against.tree": "Spans of both traces",

  "filter.conditions": "Conditions on one span",
  "filter.only": "Only with {condition}",
  "filter.operators": "Then = != < <= > >= or ~ (contains), and a value",

  "nav.datasets": "Datasets",
  "nav.evaluators": "Evaluators",
  "nav.sessions": "Sessions",
  "nav.users": "Users",

  "since.1h": "Last hour",
  "since.24h": "Last 24 hours",
  "since.7d": "Last 7 days",
  "since.30d": "Last 30 days",

  "span.add": "Add to a dataset",
  "span.curl": "Copy as curl",
  "span.dataset": "Copy as a dataset item",
  "span.dataset.tip": "One line of JSON: id, input, reference. Add it to a dataset's file and push.",

  "views.delete": "Delete the view {name}",
  "views.empty": "A view keeps the filters of this list under a name, for everybody in the project.",
  "views.name": "Name of this view",
  "views.save": "Save",
  "views.title": "Views",
};
