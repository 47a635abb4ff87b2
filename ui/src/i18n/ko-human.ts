import type { Text } from "./catalogue";
import type { enHuman } from "./en-human";

/** 사람의 라벨로 보정한 심사 점수와 같은 릴리스끼리의 잡음에 관한 한국어 문구. */
export const koHuman: Record<keyof typeof enHuman, Text> = {
  "human.check": "사람 라벨 {n}개",
  "human.check.tip":
    "{labels}에서 사람이 라벨을 단 {labelled}쌍과 심판만 본 {unlabelled}쌍으로 구했습니다. 심판의 가중치는 λ = {weight}. 심판만으로는 {difference} ({low} ~ {high})입니다.",
  "human.corrected": "사람 기준 {mean} ({low} – {high})",
  "human.corrected.tip":
    "{labels}에서 사람이 라벨을 단 {labelled}개와 심판만 본 {unlabelled}개로 추정한, 사람이 모든 항목을 평가했을 때의 값입니다. 심판의 가중치는 λ = {weight}이며, 라벨만 {effective}개 있는 것과 같은 정밀도입니다.",
  "human.only": "심판만",
  "human.only.tip":
    "심판의 판단일 뿐, 이 샘플에 라벨을 단 사람이 없습니다. 무작위로 고른 일부를 검토 대기열에서 라벨링하면 평균과 구간이 보정됩니다.",
  "noise.beyond": "바닥을 넘음",
  "noise.difference": "차이",
  "noise.flips": "뒤집힌 항목",
  "noise.flips.tip": "두 실행에 모두 값이 있는 {n}개 항목의 95 % 구간 {low} ~ {high}",
  "noise.floor": "잡음 바닥",
  "noise.floor.tip": "같은 릴리스의 두 실행 사이에서 우연만으로 이 값을 넘는 경우는 5 %입니다",
  "noise.metric": "지표",
  "noise.none": "두 실행에서 같은 항목에 값이 있는 지표가 없습니다.",
  "noise.spread": "항목별 차이",
  "noise.spread.tip": "중앙값 {middle}, 열에 아홉은 {low} ~ {high}, 전체는 {least} ~ {most}",
  "noise.text":
    "두 실행은 같은 릴리스이므로 차이는 모두 우연입니다. 릴리스 사이의 차이가 이 바닥보다 작으면 믿을 만하지 않습니다.",
  "noise.title": "잡음 바닥",
  "noise.within": "우연",
};
