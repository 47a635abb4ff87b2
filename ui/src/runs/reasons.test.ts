import { afterEach, expect, test } from "vitest";
import { currentWords, startLanguage } from "@/i18n/language";
import { reasonsLine } from "./reasons";

// All files of tests share one page, and the others expect English.
afterEach(() => speak("en"));

async function speak(language: string) {
  window.localStorage.setItem("windlass.language", language);
  await startLanguage();
  window.localStorage.clear();
}

test("a replay that left its record says so in both languages", async () => {
  for (const [language, line] of [
    ["en", "left its record 3 · undefined 1,200"],
    ["ko", "기록을 벗어남 3 · 정의되지 않음 1,200"],
  ] as const) {
    await speak(language);
    expect(reasonsLine(currentWords(), { diverged: 3, undefined: 1200 })).toBe(line);
  }
});

test("what an evaluator of one's own says stays as it is", () => {
  expect(reasonsLine(currentWords(), { "no date": 2 })).toBe("no date 2");
});
