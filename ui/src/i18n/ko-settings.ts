import type { Text } from "./catalogue";
import type { enSettings } from "./en-settings";

/** 프로젝트 설정 화면의 한국어 문구. */
export const koSettings: Record<keyof typeof enSettings, Text> = {
  "masking.none": "마스킹하는 것이 없습니다. 들어온 그대로 저장합니다.",
  "masking.set": "{by}님이 정한 규칙의 리비전 {revision}이(가) 적용되고 있습니다.",

  "retention.forever": "모든 데이터를 기한 없이 보관합니다.",
  "retention.kept": "모든 데이터를 기한 없이 보관하지는 않습니다. 정책은 {by}님이 정했습니다.",
};
