import type { Text } from "./catalogue";
import type { enRuns } from "./en-runs";

/** 실행의 종료와 비용에 관한 한국어 문구. */
export const koRuns: Record<keyof typeof enRuns, Text> = {
  "run.why.refused": "제공자가 거부함",
  "run.why.timeout": "시간 초과",
};
