/** English texts of the button that brings a report; they come with it. */
export const enReport = {
  "report.download": "Report",
  "report.tip": "Download a report: one HTML file that needs nothing else",
};
