import type { Text } from "./catalogue";
import type { enSpans } from "./en-spans";

/** 스팬 화면의 한국어 텍스트. 그 화면과 함께 온다. */
export const koSpans: Record<keyof typeof enSpans, Text> = {
  "spans.about": "모델 또는 도구",
  "spans.about.none": "모델, 도구, 에이전트 이름이 없습니다",
  "spans.empty": "아직 스팬이 없습니다",
  "spans.empty.text":
    "프로그램이 보고하는 단계 하나하나가 스팬입니다. 모델 호출, 도구 호출, 검색이 그 예입니다.",
  "spans.end": { other: "모두 {n}개입니다." },
  "spans.filter": "스팬 필터",
  "spans.label": "스팬 목록",
  "spans.none": "조건에 맞는 스팬이 없습니다",
  "spans.strip": { other: "시간에 따른 스팬 {n}개의 지연 시간" },
  "spans.strip.tip": "불러온 스팬 {n}개의 지연 시간\n끌어서 기간을 좁히고, 점을 클릭하면 트레이스가 열립니다",
};
