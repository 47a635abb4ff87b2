import type { Text } from "./catalogue";
import type { enEvidence } from "./en-evidence";

/** 그림과 영상을 채점한 판정 모델이 본 것에 관한 한국어 문구. */
export const koEvidence: Record<keyof typeof enEvidence, Text> = {
  "evidence.answer.no": "아니요",
  "evidence.answer.not_visible": "보이지 않음",
  "evidence.answer.yes": "예",
  "evidence.at": "{time} 시점",
  "evidence.box": "{question} 답: {answer}",
  "evidence.clip": "채점한 영상 {n}",
  "evidence.download": "내려받기",
  "evidence.frames": { other: "프레임 {n}개를 보았습니다" },
  "evidence.gone":
    "파일이 없습니다. 삭제되었거나, 이 파일을 가리키던 마지막 트레이스와 함께 사라졌습니다. 답만 남아 있습니다.",
  "evidence.given": "주어진 파일 {n}",
  "evidence.given.gone": "주어진 파일 {n}이(가) 없거나 이 브라우저가 보여 줄 수 없습니다.",
  "evidence.made": "만들어진 파일 {n}",
  "evidence.made.gone": "만들어진 파일 {n}이(가) 없거나, 이 브라우저에서 보여 줄 수 없습니다.",
  "evidence.marks": "답을 확인한 시점",
  "evidence.nothing": "판정 모델이 남긴 질문이 없습니다.",
  "evidence.pause": "일시 정지",
  "evidence.picture": "채점한 그림 {n}",
  "evidence.play": "재생",
  "evidence.questions": "질문과 답",
  "evidence.seek": "{time}(으)로 이동: {what}",
  "evidence.time": "영상의 시점",
  "evidence.type.action": "동작",
  "evidence.type.attribute": "속성",
  "evidence.type.count": "개수",
  "evidence.type.object": "사물",
  "evidence.type.relation": "관계",
  "evidence.type.text": "글자",
  "evidence.unplayable":
    "이 브라우저에서 재생할 수 없는 영상이거나 파일이 없습니다. 답을 확인한 시점은 옆에 있습니다.",
};
