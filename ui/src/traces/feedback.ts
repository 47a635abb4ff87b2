import type { Score, ScoreSummary } from "@/api/types";

/** The name of a thumb: 1 up, 0 down. */
export const USER_FEEDBACK = "user_feedback";

export const isThumb = ({ name, value }: Pick<ScoreSummary, "name" | "value">): boolean =>
  name === USER_FEEDBACK && (value === 0 || value === 1);

/** The thumb that a person gave the trace as a whole in this interface. */
export function thumbOf(scores: Score[], principal: string): Score | undefined {
  return scores.find(
    (score) =>
      isThumb(score) &&
      !score.span_id &&
      score.source === "human" &&
      score.author === principal &&
      score.sender === principal,
  );
}
