import type { Text } from "./catalogue";
import type { enOverview } from "./en-overview";

/** 개요 화면의 한국어 문구. */
export const koOverview: Record<keyof typeof enOverview, Text> = {
  "overview.all_runs": "모든 실행",
  "overview.changed": "변경 내용",
  "overview.cost": "비용, 24시간",
  "overview.cost.each": "요청당 {cost}",
  "overview.counts": "24시간 동안 트레이스 {traces}개, 스팬 {spans}개",
  "overview.errors": { other: "오류 {n}건" },
  "overview.latency": "지연 시간 p50",
  "overview.mark": "이때 @{number} 버전이 운영에 들어감\n{time}",
  "overview.quality": "품질",
  "overview.quality.hint": "릴리스를 평가하면 품질을 볼 수 있습니다.",
  "overview.requests": "요청, 24시간",
  "overview.requests.tip": { other: "요청 {n}건, 실패 {errors}건" },
  "overview.runs": "최근 실행",
  "overview.since": "운영 시작",
  "overview.vacant": "실행 중인 릴리스가 없습니다.",
  "overview.verdicts": "최근 판정",
  "overview.waiting": "내 결정을 기다리는 항목",
};
