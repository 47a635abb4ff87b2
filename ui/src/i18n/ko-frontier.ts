import type { Text } from "./catalogue";
import type { enFrontier } from "./en-frontier";

/** 여러 실행을 비교하는 화면의 한국어 문구. */
export const koFrontier: Record<keyof typeof enFrontier, Text> = {
  "frontier.against": "{release} 대비",
  "frontier.best": "가장 좋은 실행",
  "frontier.by": "{release} 쪽이 더 좋고 비용도 더 들지 않습니다 (p {p})",
  "frontier.by.seen": "관찰값으로는 {release} 쪽이 더 좋고 비용도 더 들지 않지만, 우연일 수 있습니다 (p {p})",
  "frontier.chart": "실행별 {cost} 대비 {metric}",
  "frontier.cheapest": "충분히 좋은 것 중 최저 비용",
  "frontier.choose": "실행을 고르세요",
  "frontier.choose.text": "실행 목록에서 같은 데이터셋을 쓴 실행을 두 개 이상 고르세요.",
  "frontier.cost": "비용",
  "frontier.dominated": "열세",
  "frontier.dominated_as_seen": "관찰값으로 열세",
  "frontier.front": "최전선",
  "frontier.margin": "허용 한계",
  "frontier.margin.line": "여기까지 충분히 좋음",
  "frontier.margin.none": "허용 한계를 정하면 충분히 좋은 실행 가운데 가장 싼 것을 찾습니다.",
  "frontier.margin.wrong": "0보다 큰 수",
  "frontier.needed": "항목 약 {n}개면 판정할 수 있습니다",
  "frontier.quality": "품질",
  "frontier.reference": "기준",
  "frontier.is_reference": "기준",
  "frontier.runs": { other: "실행 {n}개" },
  "frontier.standing": "위치",
  "frontier.table": "비용이 낮은 순서의 실행",
  "frontier.title": "비용으로 실행 비교",
  "frontier.unknown": "판단할 값이 없습니다",
  "frontier.verdict": "충분히 좋은가?",
};
