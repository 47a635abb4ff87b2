import type { Text } from "./catalogue";
import type { enTargets } from "./en-targets";

/** Korean texts of agents by URL, and of replays. */
export const koTargets: Record<keyof typeof enTargets, Text> = {
  "replay.calls": "도구 호출",
  "replay.expected": "기록에는",
  "replay.expected.none": "더 이상 호출이 없음",
  "replay.actual": "후보가 호출한 것",
  "replay.kept": "모든 도구 호출이 기록에 있습니다.",
  "replay.left": "{n}번째 호출에서 기록을 벗어남",
  "replay.live.tools": "실제로 호출: {tools}",
  "replay.policy.simulate": "{model}이(가) 시뮬레이션",
  "replay.policy.stop": "기록과 함께 끝남",
  "replay.source.live": "실제 호출",
  "replay.source.none": "응답 없음",
  "replay.source.recorded": "기록됨",
  "replay.source.simulated": "시뮬레이션",
  "replay.stopped": "샘플이 거기서 끝나 채점할 답변이 없습니다.",
  "replay.title": "재생",
  "replay.trace": "기록된 트레이스",
  "replay.unused": "기록된 호출 {n}개를 하지 않았습니다.",
  "replay.unused.one": "기록된 호출 1개를 하지 않았습니다.",
  "replay.went_on": "그 뒤로는 기록에서 나온 것이 없습니다.",
  "target.agent": "에이전트",
  "run.tools": "도구",
  "run.tools.all": "모두 호출",
  "run.tools.none": "호출 안 함",
  "run.tools.read": "변경하지 않는 것만",
  "target.skill": "스킬 {name}",
};
