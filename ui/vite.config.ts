import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "/",
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { proxy: { "/api": "http://127.0.0.1:4800" } },
  build: {
    outDir: "../src/windlass/server/static",
    emptyOutDir: true,
    manifest: true,
    target: "es2023",
    // Fonts stay files: a strict content security policy refuses data: fonts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    // Every browser of the target preloads modules by itself.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // In one file they compress better than in a dozen.
        codeSplitting: {
          groups: [
            { name: "router", test: /node_modules\/@tanstack\/(react-)?(router|store|history)/ },
            { name: "query", test: /node_modules\/@tanstack\/(react-)?query/ },
            {
              name: "base",
              test: /src\/(components\/(Button|Copy|Icon|Page|Panel|States|Value)\.tsx|api\/(client|queries|sessions)\.ts|shell\/(Frame|Logo|Rail)\.tsx)/,
            },
          ],
        },
      },
    },
  },
  // One environment for all files: making it for each took four fifths of the time.
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    isolate: false,
    restoreMocks: true,
    // Against what hangs: for 200,000 spans in a row five seconds are too few on a machine that is at work.
    testTimeout: 30_000,
  },
});
