/** English texts of judges that decide battles; they come with what shows them. */
export const enJudging = {
  "judging.ask": "Ask a judge",
  "judging.calls": { one: "{n} call", other: "{n} calls" },
  "judging.decided": "{done} of {battles} battles",
  "judging.empty": "No pairwise judge yet",
  "judging.empty.text":
    "A judge of the function pairwise says which of two answers is better. Push one as a file, then ask it here.",
  "judging.estimate.about": "By its former calls about {tokens} tokens, {cost}.",
  "judging.estimate.battles": {
    one: "{n} battle in {calls} calls, both orders of each.",
    other: "{n} battles in {calls} calls, both orders of each.",
  },
  "judging.estimate.most": "Reserved at most: {tokens} tokens, {cost}.",
  "judging.estimate.nothing": "This judge was asked about every battle.",
  "judging.estimate.same": {
    one: "{n} more is of equal answers: a tie without a call.",
    other: "{n} more are of equal answers: ties without a call.",
  },
  "judging.estimate.title": "What it will take",
  "judging.kept": { one: "{n} kept answer", other: "{n} kept answers" },
  "judging.max_cost": "At most, US dollars",
  "judging.max_tokens": "At most, tokens",
  "judging.missing": { one: "{n} without a verdict", other: "{n} without a verdict" },
  "judging.most": "At most, battles",
  "judging.no_ceiling": "Empty: no ceiling",
  "judging.no_price": "price not known",
  "judging.retry": "Ask again where it gave no verdict",
  "judging.standing": "Against people",
  "judging.start": "Judge",
  "judging.stop": "Stop",
  "judging.text":
    "It is asked about each pair in both orders, first where people voted. What is decided is kept as it comes, and no pair is asked about twice.",
  "judging.title": "Judges at work",
  "judging.title.dialog": "Have a judge decide battles",
  "judging.tokens": { one: "{n} token", other: "{n} tokens" },
  "judging.version": "Version",
};
