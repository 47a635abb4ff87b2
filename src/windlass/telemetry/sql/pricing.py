"""What spans cost, in a view: by a join with the table of prices, so that the view need not change with them."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.


def priced(spans: str) -> str:
    """Return a SELECT of spans with what each cost, from one of spans with tokens, models and ``cost_usd``.

    It adds ``cost`` (null without tokens, and without a price), ``is_unpriced`` (there are tokens, and no price
    for them) and ``is_unmet`` (nobody has looked for the price yet). It binds the parameter ``project``.
    """
    return f"""
    SELECT *,
      isNull(cost_usd) AND (isNotNull(input_tokens) OR isNotNull(output_tokens)) AS is_counted,
      greatest(ifNull(cache_read_tokens, 0), 0) AS read_part,
      greatest(ifNull(cache_write_tokens, 0), 0) AS write_part,
      greatest(ifNull(input_tokens, 0), 0) AS whole_input,
      if(whole_input >= read_part + write_part, whole_input - read_part - write_part, whole_input) AS plain_part,
      greatest(ifNull(output_tokens, 0), 0) AS whole_output,
      least(greatest(ifNull(reasoning_tokens, 0), 0), whole_output) AS reasoning_part,
      toInt64(toUnixTimestamp64Second(start_time)) AS start_s, positiveModulo(start_s, 86400) AS of_day,
      arrayLastIndex(r -> r.since <= start_s AND r.day_from <= of_day AND of_day < r.day_until
        AND plain_part + read_part + write_part > r.above, price_rates) AS place,
      price_rates[place] AS rate,
      multiIf(isNotNull(cost_usd), cost_usd, NOT is_counted OR place = 0, NULL, (
        plain_part * rate.input + read_part * rate.cache_read + write_part * rate.cache_write
        + (whole_output - reasoning_part) * rate.output + reasoning_part * rate.reasoning
      ) / 1e6 + rate.request / 1e3) AS cost,
      is_counted AND place = 0 AS is_unpriced, is_counted AND NOT price_is_met AS is_unmet
    FROM ({spans}) AS spent ANY LEFT JOIN (
      SELECT provider AS price_provider, request_model AS price_request, response_model AS price_response,
        rates AS price_rates, true AS price_is_met
      FROM prices FINAL WHERE project = {{project:String}}
    ) AS listed ON spent.provider = listed.price_provider AND spent.request_model = listed.price_request
      AND spent.response_model = listed.price_response
    """
