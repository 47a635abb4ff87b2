import type { Text } from "./catalogue";
import type { enCompare } from "./en-compare";

/** 두 실행을 비교하는 화면의 한국어 문구. */
export const koCompare: Record<keyof typeof enCompare, Text> = {
  "compare.axis.absolute": "점수 지표: 절대 차이",
  "compare.axis.relative": "시간, 토큰, 비용: 기준 대비 상대 차이",
  "compare.baseline": "기준",
  "compare.better": "개선",
  "compare.candidate": "후보",
  "compare.chart": "모든 샘플의 {metric} 차이",
  "compare.choose": "실행 두 개를 고르세요",
  "compare.choose.text": "실행 목록에서 같은 데이터셋을 쓴 실행 두 개를 고르세요.",
  "compare.difference": "차이",
  "compare.differences": "차이",
  "compare.interval": "후보 − 기준, {confidence} 구간",
  "compare.margin": "게이트의 허용 한계: {margin}보다 더 나빠지면 거부됩니다",
  "compare.metric": "샘플을 정렬할 지표",
  "compare.missing": { other: "짝이 없는 항목 {n}개" },
  "compare.paired": { other: "짝지은 항목 {n}개" },
  "compare.samples": "가장 나빠진 샘플부터, 지표",
  "compare.swap": "기준과 후보 바꾸기",
  "compare.tally.better": "개선 {n}",
  "compare.tally.equal": "동일 {n}",
  "compare.tally.unknown": "짝 없음 {n}",
  "compare.tally.worse": "악화 {n}",
  "compare.title": "실행 비교",
  "compare.to": "비교 대상",
  "compare.unclear": "불분명",
  "compare.worse": "악화",
};
