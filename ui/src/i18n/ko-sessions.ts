import type { Text } from "./catalogue";
import type { enSessions } from "./en-sessions";

/** 세션, 사용자, 조건, 저장된 보기, 트레이스 비교의 한국어 텍스트. */
export const koSessions: Record<keyof typeof enSessions, Text> = {
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

  "missing.reply": "기록된 답변이 없습니다",
  "missing.said": "기록된 말이 없습니다",
  "missing.release": "릴리스를 밝힌 트레이스가 없습니다",
  "missing.user": "사용자를 밝힌 트레이스가 없습니다",

  "nav.sessions": "세션",
  "nav.users": "사용자",

  "session.as_traces": "트레이스로 보기",
  "session.copy_id": "세션 ID 복사",
  "session.lasted": "지속 시간",
  "session.open": "{n}번째 턴의 트레이스 열기",
  "session.title": "세션",
  "session.turns": "턴",
  "session.turns.label": "대화의 턴",

  "sessions.active": "최근 활동",
  "sessions.all": "전체 기간",
  "sessions.empty": "아직 세션이 없습니다",
  "sessions.empty.text":
    "세션은 하나의 대화입니다. gen_ai.conversation.id 또는 session.id 속성이 같은 스팬이 한 세션을 이룹니다.",
  "sessions.end": { other: "모두 {n}개입니다." },
  "sessions.failed": "실패",
  "sessions.failed.tip": { other: "실패한 스팬이 있는 트레이스 {n}개" },
  "sessions.first_words": "첫마디",
  "sessions.id": "세션",
  "sessions.label": "세션 목록",
  "sessions.none": "이 기간에 활동한 세션이 없습니다",
  "sessions.none.text": "기간을 더 길게 선택해 보세요.",
  "sessions.release": "릴리스",
  "sessions.sessions": "세션",
  "sessions.since": "활동 기간",
  "sessions.traces": "트레이스",
  "sessions.user": "사용자",

  "since.1h": "최근 1시간",
  "since.24h": "최근 24시간",
  "since.7d": "최근 7일",
  "since.30d": "최근 30일",

  "span.curl": "curl 명령으로 복사",
  "span.dataset": "데이터셋 항목으로 복사",
  "span.dataset.tip": "id, input, reference를 담은 JSON 한 줄입니다. 데이터셋 파일에 붙여 넣고 푸시하세요.",

  "user.copy_id": "사용자 ID 복사",
  "user.parts": "사용자 정보",
  "user.sessions.none": "이 사용자의 트레이스에는 세션이 없습니다",
  "user.title": "사용자",

  "users.empty": "아직 사용자가 없습니다",
  "users.empty.text": "사용자는 스팬의 user.id 또는 enduser.id 속성으로 구별합니다.",
  "users.end": { other: "모두 {n}명입니다." },
  "users.id": "사용자",
  "users.label": "사용자 목록",
  "users.none": "이 기간에 활동한 사용자가 없습니다",

  "views.delete": "{name} 보기 삭제",
  "views.empty": "보기는 이 목록의 필터를 이름을 붙여 보관합니다. 프로젝트의 모두가 함께 씁니다.",
  "views.name": "이 보기의 이름",
  "views.save": "저장",
  "views.title": "보기",
};
