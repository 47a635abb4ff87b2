import type { Text } from "./catalogue";
import type { enShapes } from "./en-shapes";

/** 실행 점수의 분포와 부분 집합, 값이 없는 이유에 관한 한국어 문구. */
export const koShapes: Record<keyof typeof enShapes, Text> = {
  "shapes.bin": { other: "{low}~{high}: 항목 {n}개" },
  "shapes.value": { other: "{value}: 항목 {n}개" },
  "shapes.label": "항목 {n}개의 {metric}: 중앙값 {median}, 5 %는 {low} 아래, 5 %는 {high} 위",

  "slices.items": "항목",
  "slices.mean": "평균",
  "slices.metric": "부분 집합의 지표",
  "slices.missing": "누락",
  "slices.none":
    "항목을 묶는 메타데이터 필드가 없습니다. 값의 종류가 적고 값마다 항목이 둘 이상인 필드여야 합니다.",
  "slices.slice": "부분 집합",
  "slices.text":
    "신뢰 구간은 그 부분 집합만의 것입니다. 여럿을 보면 몇은 우연히 나빠 보이므로 다른 항목으로 확인하세요.",
  "slices.title": "부분 집합",

  "why.abstain": "판정 보류",
  "why.absent": "샘플 없음",
  "why.crashed": "평가기 중단",
  "why.diverged": "기록을 벗어남",
  "why.error": "평가기 오류",
  "why.failed": "실패",
  "why.memory": "평가기 메모리 부족",
  "why.no_claims": "주장 없음",
  "why.no_media": "그림이나 영상 없음",
  "why.no_quorum": "배심 정족수 미달",
  "why.refused": "제공자가 거부함",
  "why.timeout": "시간 초과",
  "why.undefined": "정의되지 않음",
  "why.unparsable": "읽을 수 없는 판정",
  "why.unscored": "채점 안 됨",
};
