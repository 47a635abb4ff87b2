import type { Text } from "./catalogue";
import type { enPalette } from "./en-palette";

/** 명령 팔레트와 로그인의 한국어 문구. */
export const koPalette: Record<keyof typeof enPalette, Text> = {
  "palette.dark": "어두운 테마로 바꾸기",
  "palette.group.action": "작업",
  "palette.group.dataset": "데이터셋",
  "palette.group.evaluator": "평가기",
  "palette.group.go": "이동",
  "palette.group.release": "릴리스",
  "palette.group.run": "실행",
  "palette.group.verdict": "판정",
  "palette.latest": "최신",
  "palette.light": "밝은 테마로 바꾸기",
  "palette.placeholder": "페이지, 릴리스, 실행, 트레이스 ID 또는 텍스트…",
  "palette.run": "{release} · {dataset}",
  "palette.search": "트레이스에서 ‘{text}’ 검색",
  "palette.trace": "트레이스 열기",

  "signin.help": "키가 없다면 서버 운영자가 다음 명령으로 만들 수 있습니다.",
  "signin.key": "API 키",
  "signin.refused": "이 키는 사용할 수 없습니다.",
  "signin.submit": "로그인",
  "signin.title": "API 키로 로그인",
};
