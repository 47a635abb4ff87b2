import type { Text } from "./catalogue";
import type { enRuns } from "./en-runs";

/** 실행의 종료와 비용에 관한 한국어 문구. */
export const koRuns: Record<keyof typeof enRuns, Text> = {
  "run.calls": "모델 호출",
  "run.calls.cached": "캐시 {n}회",
  "run.agents": "에이전트별",
  "run.agents.items": "항목",
  "run.agents.metric": "지표",
  "run.agents.nobody": "에이전트 없음",
  "run.agents.none": "이 실행의 트레이스에는 에이전트도 호출도 없습니다.",
  "run.calls.refused": "거부 {n}회",
  "run.max.none": "비워 두면 한도가 없습니다",
  "run.max_cost": "실행의 비용 한도(미국 달러)",
  "run.max_tokens": "실행의 토큰 한도",
  "run.resume": "이어서 실행",
  "run.resume.gate.text":
    "게이트의 두 실행이 이어집니다. 끝난 샘플은 그대로 두고, 멈춘 적이 없던 것처럼 판정합니다. 한도는 실행마다 적용됩니다.",
  "run.resume.gate.title": "게이트 이어 가기",
  "run.resume.text":
    "끝난 샘플은 그대로 두고 다시 비용을 치르지 않습니다. 시간이 초과되었거나 제공자가 실패한 샘플은 다시 요청합니다.",
  "run.resume.title": "실행 이어 가기",
  "run.spent": "지출",
  "run.tokens": "토큰",
  "run.unpriced": "+ 가격 없는 호출 {n}회",
};
