import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ApiError, api, unwrap } from "@/api/client";
import { sessionQuery } from "@/api/queries";
import { useMay } from "@/api/session";
import type { NewScore, Score, Trace } from "@/api/types";
import { Missing } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import { Feedback } from "./Feedback";
import { isThumb, thumbOf, USER_FEEDBACK } from "./feedback";
import { ThumbMark } from "./ThumbMark";

/** The feedback of whoever is signed in on a trace; who may not give any sees that of others. */
export function FeedbackOn({ trace }: { trace: Trace }) {
  const { t } = useWords();
  const client = useQueryClient();
  const principal = useQuery(sessionQuery()).data?.principal.id ?? "";
  const mine = thumbOf(trace.scores, principal);
  const refresh = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ["trace", trace.trace_id] }),
      client.invalidateQueries({ queryKey: ["traces"] }),
    ]);
  const give = useMutation({
    mutationFn: ({ value, comment }: { value: 0 | 1; comment: string }) =>
      unwrap(
        api.POST("/api/v1/scores", {
          body: { items: [thumb(trace.trace_id, value, comment)] },
        }),
      ),
    onSuccess: refresh,
  });
  const takeBack = useMutation({
    mutationFn: (score: Score) =>
      unwrap(api.DELETE("/api/v1/scores/{score_id}", { params: { path: { score_id: score.id } } })),
    onSuccess: refresh,
  });
  const mayGive = useMay("application");
  const thumbs = trace.scores.filter(isThumb);
  if (!mayGive && thumbs.length === 0) return <Missing reason={t("feedback.none")} />;
  if (!mayGive) return <ThumbMark thumbs={thumbs} />;
  const error = give.error ?? takeBack.error;
  return (
    <Feedback
      key={trace.trace_id}
      mine={mine}
      pending={give.isPending || takeBack.isPending}
      problem={error ? sentence(error) || t("error.offline.detail") : ""}
      onGive={(value, comment) => give.mutate({ value, comment })}
      onTakeBack={(score) => takeBack.mutate(score)}
    />
  );
}

function thumb(traceId: string, value: 0 | 1, comment: string) {
  // What is left out has a default, which the generated type does not say.
  return {
    trace_id: traceId,
    name: USER_FEEDBACK,
    value,
    explanation: comment,
    source: "human",
  } as NewScore;
}

function sentence(error: Error): string {
  return error instanceof ApiError && error.status !== 0 ? error.message || error.title : "";
}
