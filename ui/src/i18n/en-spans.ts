/** The English texts of the page of spans, which brings them. */
export const enSpans = {
  "spans.about": "Model or tool",
  "spans.about.none": "It names no model, tool or agent",
  "spans.empty": "No spans yet",
  "spans.empty.text": "Each step that a program reports is a span: a call of a model, of a tool, a search.",
  "spans.end": { one: "That is all: {n} span.", other: "That is all: {n} spans." },
  "spans.filter": "Filter the spans",
  "spans.label": "Spans",
  "spans.none": "No span matches",
  "spans.strip": { one: "Latency of {n} span over time", other: "Latency of {n} spans over time" },
  "spans.strip.tip":
    "Latency of the {n} loaded spans\nDrag to narrow the time, click a point to open its trace",
};
