import type { Text } from "./catalogue";
import type { enAudit } from "./en-audit";

/** 감사 화면의 한국어 텍스트. 그 화면과 함께 온다. */
export const koAudit: Record<keyof typeof enAudit, Text> = {
  "audit.action": "작업",
  "audit.after": "변경 후",
  "audit.before": "변경 전",
  "audit.broken": "체인 손상",
  "audit.broken.text": { other: "기록된 뒤에 변경되거나 삭제되거나 순서가 바뀐 행이 {n}개 있습니다." },
  "audit.details": "세부 정보",
  "audit.empty": "아직 기록이 없습니다",
  "audit.empty.text":
    "푸시, 레이블, 실행, 판정, 승격이 모두 한 건씩 기록되고, 각 기록은 해시로 바로 앞 기록과 이어집니다.",
  "audit.entry": "감사 기록 {seq}",
  "audit.hash": "해시",
  "audit.head": "마지막 해시",
  "audit.label": "감사 기록",
  "audit.previous": "이전 해시",
  "audit.principal": "주체",
  "audit.reason": "사유",
  "audit.resource": "대상",
  "audit.seq": "번호",
  "audit.time": "시각",
  "audit.verified": "검증됨",
  "audit.verified.text": { other: "기록 {n}건의 체인이 온전합니다. 변경, 삭제, 순서 바뀜이 없습니다." },
  "audit.verifying": "체인을 확인하는 중…",
};
