import type { Text } from "./catalogue";
import type { enDuplicates } from "./en-duplicates";

/** 같은 것을 묻는 항목에 관한 한국어 문구. */
export const koDuplicates: Record<keyof typeof enDuplicates, Text> = {
  "duplicates.across": "분할을 넘음",
  "duplicates.contradictions": {
    other: "앞의 항목과 같은 것을 물으면서 정답이 다른 항목이 {n}개입니다. 둘 중 하나는 틀렸습니다.",
  },
  "duplicates.cut": "센 것보다 비슷한 쌍이 더 있습니다.",
  "duplicates.exact": { other: "앞의 항목과 같은 것을 묻는 항목 {n}개" },
  "duplicates.first": "쌍 {total}개 중 처음 {n}개",
  "duplicates.item": "항목",
  "duplicates.leaks": {
    other: "쌍 {n}개가 서로 다른 분할에 있습니다. 한 분할에서 재는 것을 다른 분할에서 이미 보았습니다.",
  },
  "duplicates.near": { other: "거의 같은 것을 묻는 쌍 {n}개" },
  "duplicates.none": "같은 것을 묻는 항목이 없습니다",
  "duplicates.none.text":
    "유사도 {similar} 이상으로 거의 같은 것도 없습니다. 대소문자, 문장 부호, 띄어쓰기는 따지지 않습니다.",
  "duplicates.other_reference": "정답이 다름",
  "duplicates.similar": "거의 같다고 볼 유사도",
  "duplicates.similarity": "유사도",
  "duplicates.split": "분할",
};
