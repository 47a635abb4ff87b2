"""Evaluators in the files of other tools: criteria of ADK's EvalConfig, metrics of Vertex AI."""
