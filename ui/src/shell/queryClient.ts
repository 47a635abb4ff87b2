import { QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiError, isStatus } from "@/api/client";
import { subscribe } from "@/i18n/language";

/** Only what may pass on its own is tried again: no connection, and the server's own failures. */
function shouldRetry(failures: number, error: unknown): boolean {
  return failures < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 502);
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    // A session that ended elsewhere shows itself in any answer: ask again who we are.
    onError: (error, query) => {
      if (isStatus(error, 401) && query.queryKey[0] !== "session") {
        void queryClient.resetQueries({ queryKey: ["session"] });
      }
    },
  }),
  defaultOptions: {
    queries: { staleTime: 10_000, retry: shouldRetry, retryDelay: 600 },
    mutations: { retry: false },
  },
});

// The words of verdicts come from the server: in another language they are others.
subscribe(() => void queryClient.invalidateQueries());
