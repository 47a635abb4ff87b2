import type { Text } from "./catalogue";
import type { enFirst } from "./en-first";

/** 아무것도 없는 서버가 보여 주는 첫 단계의 한국어 텍스트. 그 화면과 함께 온다. */
export const koFirst: Record<keyof typeof enFirst, Text> = {
  "first.demo": "먼저 전체를 살펴보기",
  "first.demo.text": "작은 어시스턴트를 만들어 릴리스 세 개를 측정하고, 하나를 승격해 서비스합니다.",
  "first.eval": "릴리스 평가하기",
  "first.eval.text": "데이터셋의 항목마다 점수가 붙은 트레이스가 하나씩 생깁니다.",
  "first.gate": "지금 것과 비교하기",
  "first.gate.text": "같은 항목으로 짝지어 검정합니다. 결과는 통과, 실패, 데이터 부족 중 하나입니다.",
  "first.promote": "통과한 릴리스 승격하기",
  "first.promote.text": "릴리스가 운영에 들어가고, 사유와 근거는 감사 체인에 남습니다.",
  "first.push": "또는 내 파일 푸시하기",
  "first.push.text": "저장소에 있는 프롬프트, 데이터셋, 인덱스, 릴리스가 버전이 됩니다.",
  "first.text": "모든 것은 릴리스에서 시작합니다. 명령 다섯 개면 한 바퀴를 돕니다.",
  "first.title": "아직 실행 중인 것이 없습니다",
};
