import type { Text } from "./catalogue";
import type { enRepeats } from "./en-repeats";

/** 항목을 여러 번 반복하거나 다른 곳에서 가져온 실행의 한국어 문구. */
export const koRepeats: Record<keyof typeof enRepeats, Text> = {
  "repeats.count": "반복 횟수",
  "repeats.of": "{total}회 중 {n}번째 반복",
  "repeats.pass": "k번 모두 성공할 확률과 한 번이라도 성공할 확률",
  "repeats.pass.at": "pass@{k}: {k}번 중 한 번이라도 성공할 확률 {rate} ({low} – {high})",
  "repeats.pass.hat": "pass^{k}: {k}번 모두 성공할 확률 {rate} ({low} – {high})",
  "repeats.samples": "샘플",
  "repeats.source": "가져온 곳",
};
