import type { Text } from "./catalogue";
import type { enSessions } from "./en-sessions";

/** 세션과 사용자 화면의 한국어 텍스트. 그 화면과 함께 온다. */
export const koSessions: Record<keyof typeof enSessions, Text> = {
  "missing.reply": "기록된 답변이 없습니다",
  "missing.said": "기록된 말이 없습니다",
  "missing.release": "릴리스를 밝힌 트레이스가 없습니다",
  "missing.user": "사용자를 밝힌 트레이스가 없습니다",

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
  "sessions.filter": "세션 필터",
  "sessions.none": "조건에 맞는 세션이 없습니다",
  "sessions.none.text": "기간을 더 길게 선택하거나 필터를 지워 보세요.",
  "sessions.release": "릴리스",
  "sessions.sessions": "세션",
  "sessions.since": "활동 기간",
  "sessions.traces": "트레이스",
  "sessions.user": "사용자",

  "user.copy_id": "사용자 ID 복사",
  "user.parts": "사용자 정보",
  "user.sessions.none": "이 사용자의 트레이스에는 세션이 없습니다",
  "user.title": "사용자",

  "users.empty": "아직 사용자가 없습니다",
  "users.empty.text": "사용자는 스팬의 user.id 또는 enduser.id 속성으로 구별합니다.",
  "users.end": { other: "모두 {n}명입니다." },
  "users.id": "사용자",
  "users.label": "사용자 목록",
  "users.filter": "사용자 필터",
  "users.none": "조건에 맞는 사용자가 없습니다",
};
