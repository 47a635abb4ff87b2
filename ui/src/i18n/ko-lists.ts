import type { Text } from "./catalogue";
import type { enLists } from "./en-lists";

/** 조건, 저장된 보기, 트레이스 비교의 한국어 텍스트. */
export const koLists: Record<keyof typeof enLists, Text> = {
  "against.open": "열린 트레이스와 비교",
  "filter.conditions": "스팬 하나에 대한 조건",
  "filter.only": "{condition}인 것만",
  "filter.operators": "이어서 = != < <= > >= 또는 ~ (포함)와 값을 입력하세요",

  "nav.datasets": "데이터셋",
  "nav.evaluators": "평가기",
  "nav.sessions": "세션",
  "nav.spans": "스팬",
  "nav.users": "사용자",

  "since.1h": "최근 1시간",
  "since.24h": "최근 24시간",
  "since.7d": "최근 7일",
  "since.30d": "최근 30일",

  "span.add": "데이터셋에 추가",
  "span.curl": "curl 명령으로 복사",
  "span.dataset": "데이터셋 항목으로 복사",
  "span.dataset.tip": "id, input, reference를 담은 JSON 한 줄입니다. 데이터셋 파일에 붙여 넣고 푸시하세요.",
};
