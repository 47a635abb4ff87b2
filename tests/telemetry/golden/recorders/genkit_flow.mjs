// packages: genkit @genkit-ai/compat-oai @opentelemetry/sdk-trace-base@1.25.1 @opentelemetry/exporter-trace-otlp-proto@0.52.1
// Genkit: a flow that asks a model with a tool.

import { openAICompatible } from "@genkit-ai/compat-oai";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { genkit, z } from "genkit";
import { enableTelemetry, flushTracing } from "genkit/tracing";

await enableTelemetry({ spanProcessors: [new SimpleSpanProcessor(new OTLPTraceExporter())] });
const ai = genkit({
  plugins: [openAICompatible({ name: "openai", apiKey: "none", baseURL: process.env.OPENAI_BASE_URL })],
});
const weather = ai.defineTool(
  {
    name: "get_weather",
    description: "The weather in a city.",
    inputSchema: z.object({ city: z.string() }),
    outputSchema: z.string(),
  },
  async () => "4 degrees, rain",
);
const flow = ai.defineFlow({ name: "forecaster", inputSchema: z.string(), outputSchema: z.string() }, async (text) => {
  const { text: said } = await ai.generate({
    model: "openai/gpt-4o-mini",
    system: "Answer in one sentence.",
    prompt: text,
    tools: [weather],
  });
  return said;
});
await flow("What is the weather in Oslo?");
await flushTracing();
console.log(JSON.stringify({ tool: "get_weather" }));
process.exit(0);
