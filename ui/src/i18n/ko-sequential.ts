import type { Text } from "./catalogue";
import type { enSequential } from "./en-sequential";

/** The Korean texts of gates that look while samples come in. */
export const koSequential: Record<keyof typeof enSequential, Text> = {
  "seq.asked": "요구 기준",
  "seq.band": "{confidence} 신뢰 수열",
  "seq.boundary": "넘어야 할 z",
  "seq.chart": "{metric}: 항목마다 알게 된 것",
  "seq.decided": "{of}개 중 {n}개 항목 뒤에 결정됨. {saved}개는 필요하지 않았습니다.",
  "seq.evidence": "충족한다는 증거 {met}, 충족하지 않는다는 증거 {missed}. {needed}에서 입증됩니다.",
  "seq.fraction": "항목 비율",
  "seq.items": "항목",
  "seq.known": "차이는 {low}에서 {high} 사이, 관측값 {difference}.",
  "seq.looking": "{of}개 중 {n}개 항목을 보았고 아직 결정되지 않았습니다.",
  "seq.mode.anytime": "베팅 방식: 언제 보더라도 성립합니다",
  "seq.mode.group": "경계값이 있는 계획된 확인",
  "seq.open": "{of}개 중 {n}개 항목을 보았지만 결정하기에 부족합니다.",
  "seq.state.cancelled": "게이트가 취소되었습니다.",
  "seq.title": "실행 중 확인",
  "seq.title.gate": "결정될 때까지의 게이트",
  "seq.unknown": "아직 알려진 것이 없습니다.",
  "seq.verdict": "판정",
  "seq.waiting": "두 실행에 모두 있는 항목이 아직 없습니다.",
};
