import { expect, test } from "vitest";
import { drawCommand } from "./DrawMenu";

test("the command draws what the list shows, quoted for a shell, without what is not said", () => {
  const filter = { q: "late order", where: ["name=seen", "score.f1<0.5"], status: "error" as const };
  expect(drawCommand(filter, "golden", "0.1", "7")).toBe(
    "windlass datasets from-traces golden --filter name=seen --filter 'score.f1<0.5' --text 'late order' " +
      "--status error --sample 0.1 --seed 7",
  );
  expect(drawCommand({}, "", "1", "")).toBe("windlass datasets from-traces NAME");
});
