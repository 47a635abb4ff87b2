import type { Text } from "./catalogue";
import type { enLists } from "./en-lists";

/** 조건, 저장된 보기, 트레이스 비교의 한국어 텍스트. */
export const koLists: Record<keyof typeof enLists, Text> = {
  "against.added": "여기에만 있음",
  "against.changed": "바뀜",
  "against.choose": "비교하기",
  "against.close": "비교 끝내기",
  "against.latest": "이름이 같은 최근 트레이스",
  "against.none": "이름이 같은 다른 트레이스가 없습니다.",
  "against.open": "열린 트레이스와 비교",
  "against.removed": "상대에만 있음",
  "against.same": "텍스트, 모델, 토큰, 상태가 모두 같습니다.",
  "against.summary": "변경 {changed}, 추가 {added}, 삭제 {removed}",
  "against.this": "이 트레이스",
  "against.that": "비교 대상",
  "against.tree": "두 트레이스의 스팬",

  "filter.conditions": "스팬 하나에 대한 조건",
  "filter.only": "{condition}인 것만",
  "filter.operators": "이어서 = != < <= > >= 또는 ~ (포함)와 값을 입력하세요",

  "nav.datasets": "데이터셋",
  "nav.evaluators": "평가기",
  "nav.sessions": "세션",
  "nav.users": "사용자",

  "since.1h": "최근 1시간",
  "since.24h": "최근 24시간",
  "since.7d": "최근 7일",
  "since.30d": "최근 30일",

  "span.add": "데이터셋에 추가",
  "span.curl": "curl 명령으로 복사",
  "span.dataset": "데이터셋 항목으로 복사",
  "span.dataset.tip": "id, input, reference를 담은 JSON 한 줄입니다. 데이터셋 파일에 붙여 넣고 푸시하세요.",

  "views.delete": "{name} 보기 삭제",
  "views.empty": "보기는 이 목록의 필터를 이름을 붙여 보관합니다. 프로젝트의 모두가 함께 씁니다.",
  "views.name": "이 보기의 이름",
  "views.save": "저장",
  "views.title": "보기",
};
