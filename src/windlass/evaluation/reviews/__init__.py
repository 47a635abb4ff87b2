"""Review queues: what people are asked about outputs and data, what they answered, and what follows from it."""
