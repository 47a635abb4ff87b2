import type { enQuery } from "@/i18n/en-query";

export interface Example {
  /** The question that it answers. */
  text: keyof typeof enQuery;
  sql: string;
}

export const EXAMPLES: readonly Example[] = [
  {
    text: "query.example.releases",
    sql: `SELECT release_name, count() AS traces, countIf(status = 'error') AS failed,
  quantile(0.5)(duration_s) AS p50_s, quantile(0.95)(duration_s) AS p95_s, sum(cost_usd) AS cost_usd
FROM traces
WHERE start_time > now() - INTERVAL 7 DAY
GROUP BY release_name
ORDER BY traces DESC`,
  },
  {
    text: "query.example.slowest",
    sql: `SELECT trace_id, name, duration_s, span_count, cost_usd
FROM traces
WHERE start_time > now() - INTERVAL 1 DAY
ORDER BY duration_s DESC
LIMIT 50`,
  },
  {
    text: "query.example.tokens",
    sql: `SELECT toDate(start_time) AS day, if(response_model != '', response_model, request_model) AS model,
  count() AS calls, sum(input_tokens) AS tokens_in, sum(output_tokens) AS tokens_out, sum(cost_usd) AS cost
FROM spans
WHERE model != ''
GROUP BY day, model
ORDER BY day DESC, calls DESC`,
  },
  {
    text: "query.example.worst",
    sql: `SELECT t.trace_id AS trace_id, s.name AS score, s.value AS value, s.explanation AS why,
  t.release_name AS release, t.start_time AS start_time
FROM scores AS s
JOIN traces AS t ON t.trace_id = s.trace_id
WHERE s.value IS NOT NULL AND s.source IN ('judge', 'human', 'code')
  AND NOT endsWith(s.name, '_s') AND NOT endsWith(s.name, '_usd') AND NOT endsWith(s.name, '_tokens')
ORDER BY value, start_time DESC
LIMIT 50`,
  },
  {
    text: "query.example.scores",
    sql: `SELECT name, source, count() AS n, avg(value) AS mean, quantile(0.1)(value) AS p10, quantile(0.5)(value) AS p50
FROM scores
GROUP BY name, source
ORDER BY name, source`,
  },
  {
    text: "query.example.tools",
    sql: `SELECT tool, count() AS calls, countIf(status = 'error') AS failed, failed / calls AS share,
  quantile(0.95)(duration_s) AS p95_s
FROM spans
WHERE tool != ''
GROUP BY tool
ORDER BY share DESC, calls DESC`,
  },
  {
    text: "query.example.errors",
    sql: `SELECT name, status_message, count() AS spans, max(start_time) AS last, any(trace_id) AS trace_id
FROM spans
WHERE status = 'error'
GROUP BY name, status_message
ORDER BY spans DESC
LIMIT 100`,
  },
  {
    text: "query.example.sessions",
    sql: `SELECT conversation, any(user) AS user, count() AS turns, sum(cost_usd) AS cost_usd,
  min(start_time) AS first, max(start_time) AS last
FROM traces
WHERE conversation != ''
GROUP BY conversation
ORDER BY turns DESC
LIMIT 100`,
  },
  {
    text: "query.example.attributes",
    sql: `SELECT arrayJoin(mapKeys(attributes)) AS attribute, count() AS spans, uniq(attributes[attribute]) AS values
FROM spans
GROUP BY attribute
ORDER BY spans DESC`,
  },
];
