import type { Text } from "./catalogue";
import type { enAgainst } from "./en-against";

/** The Korean texts of the comparison of two traces. */
export const koAgainst: Record<keyof typeof enAgainst, Text> = {
  "against.added": "여기에만 있음",
  "against.changed": "바뀜",
  "against.choose": "비교하기",
  "against.close": "비교 끝내기",
  "against.latest": "이름이 같은 최근 트레이스",
  "against.none": "이름이 같은 다른 트레이스가 없습니다.",
  "against.removed": "상대에만 있음",
  "against.same": "텍스트, 모델, 토큰, 상태가 모두 같습니다.",
  "against.summary": "변경 {changed}, 추가 {added}, 삭제 {removed}",
  "against.this": "이 트레이스",
  "against.that": "비교 대상",
  "against.tree": "두 트레이스의 스팬",
};
