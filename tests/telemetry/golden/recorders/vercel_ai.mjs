// packages: ai @ai-sdk/openai-compatible zod @opentelemetry/sdk-trace-node @opentelemetry/exporter-trace-otlp-proto @opentelemetry/api
// Vercel's AI SDK with its telemetry: one call that uses a tool.

import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { generateText, stepCountIs, tool } from "ai";
import { z } from "zod";

const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(new OTLPTraceExporter())] });
provider.register();
const models = createOpenAICompatible({ name: "openai", baseURL: process.env.OPENAI_BASE_URL, apiKey: "none" });
await generateText({
  model: models("gpt-4o-mini"),
  system: "Answer in one sentence.",
  prompt: "What is the weather in Oslo?",
  tools: {
    get_weather: tool({
      description: "The weather in a city.",
      inputSchema: z.object({ city: z.string() }),
      execute: async () => "4 degrees, rain",
    }),
  },
  stopWhen: stepCountIs(3),
  experimental_telemetry: {
    isEnabled: true,
    functionId: "forecaster",
    metadata: { sessionId: "talk-1", userId: "ada" },
  },
});
await provider.shutdown();
console.log(JSON.stringify({ tool: "get_weather", conversation: "talk-1", user: "ada" }));
