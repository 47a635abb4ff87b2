import type { Text } from "./catalogue";
import type { enJudging } from "./en-judging";

/** 아레나 심판의 한국어 문구. */
export const koJudging: Record<keyof typeof enJudging, Text> = {
  "judging.ask": "심판에게 맡기기",
  "judging.calls": { other: "호출 {n}회" },
  "judging.decided": "대결 {battles}개 중 {done}개",
  "judging.empty": "아직 쌍 비교 심판이 없습니다",
  "judging.empty.text":
    "pairwise 함수를 쓰는 심판은 두 답변 가운데 어느 쪽이 나은지 말합니다. 파일로 등록한 뒤 여기에서 맡기세요.",
  "judging.estimate.about": "지난 호출로 보면 약 {tokens}토큰, {cost}입니다.",
  "judging.estimate.battles": { other: "대결 {n}개를 두 순서로 모두 물어 호출은 {calls}회입니다." },
  "judging.estimate.most": "예약되는 최대치: {tokens}토큰, {cost}.",
  "judging.estimate.nothing": "이 심판에게는 모든 대결을 물었습니다.",
  "judging.estimate.same": { other: "답변이 같은 {n}개는 호출 없이 무승부로 합니다." },
  "judging.estimate.title": "드는 비용",
  "judging.kept": { other: "보관된 답 {n}개" },
  "judging.max_cost": "최대 비용(미국 달러)",
  "judging.max_tokens": "최대 토큰",
  "judging.missing": { other: "판정 없음 {n}개" },
  "judging.most": "최대 대결 수",
  "judging.no_ceiling": "비우면 한도 없음",
  "judging.no_price": "가격 모름",
  "judging.retry": "판정이 없던 대결을 다시 묻기",
  "judging.standing": "사람과 비교",
  "judging.start": "심사 시작",
  "judging.stop": "중지",
  "judging.text":
    "각 쌍을 두 순서로 묻고, 사람이 투표한 쌍부터 시작합니다. 판정은 나오는 대로 보관되며 같은 쌍을 두 번 묻지 않습니다.",
  "judging.title": "심판의 작업",
  "judging.title.dialog": "심판에게 대결 맡기기",
  "judging.tokens": { other: "{n}토큰" },
  "judging.version": "버전",
};
