# /// script
# dependencies = ["strands-agents[openai,otel]", "opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http"]
# ///
"""Strands Agents' own instrumentation with the latest conventions of OpenTelemetry switched on."""

import os
import runpy
from pathlib import Path

os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "gen_ai_latest_experimental"
runpy.run_path(str(Path(__file__).with_name("strands_agent.py")))
