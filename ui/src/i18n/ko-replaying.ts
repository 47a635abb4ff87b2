/** 트레이스에서 리플레이를 시작하는 화면의 한국어 문구. */
export const koReplaying = {
  "replaying.action": "리플레이",
  "replaying.all":
    "프로젝트의 모든 트레이스가 데이터셋에 기록으로 담깁니다. 일부만 하려면 목록을 먼저 거르세요.",
  "replaying.candidate": "다시 물을 대상",
  "replaying.candidate.agent": "URL로 부르는 에이전트",
  "replaying.candidate.release": "릴리스",
  "replaying.filtered": "목록 필터가 찾은 트레이스가 데이터셋에 기록으로 담기고, 같은 것을 다시 묻습니다.",
  "replaying.key": "키를 담은 서버의 환경 변수",
  "replaying.model": "모델 또는 이름",
  "replaying.nothing": "물은 것을 말하는 트레이스가 없어 리플레이할 것이 없습니다.",
  "replaying.one":
    "물었던 것을 다시 묻습니다. 도구의 답은 데이터셋에 기록되어, 어떤 도구도 두 번 실행되지 않습니다.",
  "replaying.policy": "기록을 벗어나면",
  "replaying.policy.live": "안전한 도구는 호출",
  "replaying.policy.live.release":
    "기록에 없는 호출은 이름을 적은 릴리스 도구만 실제로 부르며, 효과가 read인 도구만 됩니다. 다른 도구에서는 샘플이 끝납니다.",
  "replaying.policy.live.text":
    "서버는 도구를 호출하지 않습니다. 도구가 있는 곳에서 아래 명령을 실행하세요. 이름을 적은 도구는 호출해도 아무것도 바꾸지 않아야 하며, 다른 도구에서는 샘플이 끝납니다.",
  "replaying.policy.simulate": "모델이 도구를 흉내 냄",
  "replaying.policy.simulate.text":
    "기록에 없는 첫 호출부터 모델이 답을 만듭니다. 샘플은 점수를 받고, 그 호출은 표시됩니다.",
  "replaying.policy.stop": "샘플을 끝냄",
  "replaying.policy.stop.text": "기록에 없는 첫 호출에서 샘플이 끝납니다. 점수가 없고, 누락으로 셉니다.",
  "replaying.release": "릴리스",
  "replaying.release.text":
    "모델에 릴리스의 도구를 주고 묻되, 도구의 답은 기록에서 가져옵니다. 도구가 실제로 없어도 됩니다.",
  "replaying.safe": "호출해도 안전한 도구",
  "replaying.sample": "뽑을 비율",
  "replaying.simulator": "흉내 내는 모델",
  "replaying.start": "리플레이",
  "replaying.title": "이 트레이스 리플레이",
  "replaying.title.list": "트레이스 리플레이",
  "replaying.tools": "도구의 MCP 서버",
  "replaying.url": "에이전트",
  "replaying.url.text":
    "OpenAI 프로토콜로 말하고 도구를 요청하는 에이전트. 주소는 관리자가 허용합니다(WINDLASS_TARGET_URLS).",
};
