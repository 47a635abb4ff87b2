import type { Text } from "./catalogue";
import type { enSigned } from "./en-signed";

/** 판정의 서명된 파일에 관한 한국어 문구. */
export const koSigned: Record<keyof typeof enSigned, Text> = {
  "signed.by": "서명한 키",
  "signed.copy": "키 ID 복사",
  "signed.download": "서명된 파일",
  "signed.none": "서명 기능이 생기기 전의 판정입니다:",
  "signed.tip":
    "판정과 모든 근거를 담은 서명된 파일 하나. 다른 곳에서 windlass verdicts verify로 검증할 수 있습니다",
};
