import type { Text } from "./catalogue";
import type { enRelease } from "./en-release";

/** 릴리스 화면의 한국어 문구. */
export const koRelease: Record<keyof typeof enRelease, Text> = {
  "release.absent": "없음",
  "release.against": "비교 대상",
  "release.changes": "변경 내용",
  "release.contents": "구성",
  "release.entries": { other: "{n}개" },
  "release.evidence": "실행과 판정",
  "release.list_changes": { other: "{n}곳 변경" },
  "release.more_settings": { other: "외 설정 {n}개" },
  "release.only_one": "비교할 버전이 없습니다",
  "release.only_one.text": "이 릴리스에는 버전이 하나뿐입니다.",
  "release.parts": "릴리스 화면",
  "release.runs_in": "@{number} · {environment}에서 실행 중",
  "release.same": "차이가 없습니다",
  "release.same.text": "두 버전의 내용이 같습니다.",
  "release.setting": "설정",
  "release.settings": "릴리스 설정",
  "release.traces": "이 릴리스의 트레이스",
  "release.verdicts": "판정",
  "tool.address": "주소",
  "tool.default": "기본값 {value}",
  "tool.effect": "효과",
  "tool.effect.egress": "egress: 무언가를 밖으로 내보냄",
  "tool.effect.read": "read: 아무것도 바꾸지 않음",
  "tool.effect.write": "write: 무언가를 바꿈",
  "tool.function": "모델이 부르는 이름",
  "tool.schema": "인수 스키마",
  "tool.variables": "함께 보내는 환경 변수",
};
