/** Korean texts of the button that brings a report; they come with it. */
export const koReport = {
  "report.download": "보고서",
  "report.tip": "보고서 내려받기: 다른 것이 필요 없는 HTML 파일 하나",
};
