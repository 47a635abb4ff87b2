import type { Text } from "./catalogue";
import type { enViews } from "./en-views";

/** The Korean texts of saved views. */
export const koViews: Record<keyof typeof enViews, Text> = {
  "views.delete": "{name} 보기 삭제",
  "views.empty": "보기는 이 목록의 필터를 이름을 붙여 보관합니다. 프로젝트의 모두가 함께 씁니다.",
  "views.name": "이 보기의 이름",
  "views.save": "저장",
  "views.title": "보기",
};
