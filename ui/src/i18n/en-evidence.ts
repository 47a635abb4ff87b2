/** The English texts of what a judge of pictures and clips saw. */
export const enEvidence = {
  "evidence.answer.no": "no",
  "evidence.answer.not_visible": "not visible",
  "evidence.answer.yes": "yes",
  "evidence.at": "at {time}",
  "evidence.box": "{question} {answer}",
  "evidence.clip": "Clip {n} that was judged",
  "evidence.download": "Download it",
  "evidence.frames": { one: "{n} frame was looked at", other: "{n} frames were looked at" },
  "evidence.gone":
    "The file is gone: it was deleted, or went with the last trace that named it. The answers are what is left.",
  "evidence.made": "File {n} that was made",
  "evidence.marks": "Times at which answers were seen",
  "evidence.nothing": "The judge kept no questions.",
  "evidence.picture": "Picture {n} that was judged",
  "evidence.questions": "Questions and answers",
  "evidence.seek": "Go to {time}: {what}",
  "evidence.type.action": "action",
  "evidence.type.attribute": "attribute",
  "evidence.type.count": "count",
  "evidence.type.object": "object",
  "evidence.type.relation": "relation",
  "evidence.type.text": "text",
  "evidence.unplayable":
    "This browser cannot play the clip, or the file is gone; the times of the answers are beside it.",
};
