import createClient from "openapi-fetch";
import { currentWords } from "@/i18n/language";
import type { paths } from "./schema";

/** What the server (RFC 9457) or the connection said, in words that can be shown. */
export class ApiError extends Error {
  readonly status: number;
  readonly title: string;

  constructor(status: number, title: string, detail: string) {
    super(detail);
    this.name = "ApiError";
    this.status = status;
    this.title = title;
  }
}

export const api = createClient<paths>({ baseUrl: window.location.origin, credentials: "same-origin" });

// Verdicts are put into words by the server: in the language that is chosen here, whatever the browser's is.
api.use({
  onRequest({ request }) {
    request.headers.set("Accept-Language", currentWords().language);
  },
});

function textOf(problem: unknown, field: "title" | "detail"): string {
  if (typeof problem === "object" && problem !== null && field in problem) {
    const value = (problem as Record<string, unknown>)[field];
    if (typeof value === "string") return value;
  }
  return "";
}

/** The data of an answer, or an ApiError (status 0: the server was not reached). */
export async function unwrap<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  let answer: { data?: T; error?: unknown; response: Response };
  try {
    answer = await call;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError(0, "", "");
  }
  if (!answer.response.ok) {
    const { status } = answer.response;
    throw new ApiError(status, textOf(answer.error, "title"), textOf(answer.error, "detail"));
  }
  return answer.data as T;
}

export function isStatus(error: unknown, status: number): boolean {
  return error instanceof ApiError && error.status === status;
}
