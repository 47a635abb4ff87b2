import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Queue = Schemas["QueueSummary"];
export type QueueContent = Omit<Schemas["QueueRequest"], "expected">;
export type Question = Queue["questions"][number];
export type Agreement = Schemas["Agreement"];
export type QuestionAgreement = Schemas["QuestionAgreement"];
export type Figure = Schemas["Figure"];
export type ReviewItem = Schemas["ReviewItem"];
export type ItemState = ReviewItem["state"];
export type Shown = Schemas["ShownItem"];
export type Content = Schemas["ItemContent"];
export type Label = Schemas["Label"];
export type Answer = boolean | number | string;
export type Answers = Record<string, Answer>;

const QUEUES_MS = 15_000;
const PAGE = 100;

export const queuesQuery = () =>
  queryOptions({
    queryKey: ["review-queues"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/review-queues", { signal })),
    refetchInterval: QUEUES_MS,
  });

export const queueQuery = (name: string) =>
  queryOptions({
    queryKey: ["review-queue", name],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/review-queues/{name}", { params: { path: { name } }, signal })),
    refetchInterval: QUEUES_MS,
  });

export const agreementQuery = (name: string) =>
  queryOptions({
    queryKey: ["review-agreement", name],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/review-queues/{name}/agreement", { params: { path: { name } }, signal })),
    refetchInterval: QUEUES_MS,
  });

export const reviewItemsQuery = (name: string, state?: ItemState) =>
  infiniteQueryOptions({
    queryKey: ["review-items", name, state],
    queryFn: ({ signal, pageParam }) => {
      const query = { state, limit: PAGE, cursor: pageParam };
      return unwrap(
        api.GET("/api/v1/review-queues/{name}/items", { params: { path: { name }, query }, signal }),
      );
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

/** Takes the next item: asked again by hand only, for it keeps the item for whoever asks. */
export const nextQuery = (name: string) =>
  queryOptions({
    queryKey: ["review-next", name],
    queryFn: () => unwrap(api.POST("/api/v1/review-queues/{name}/next", { params: { path: { name } } })),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });

export const disputeQuery = (name: string, after?: number) =>
  queryOptions({
    queryKey: ["review-dispute", name, after],
    queryFn: () =>
      unwrap(
        api.POST("/api/v1/review-queues/{name}/next-dispute", {
          params: { path: { name }, query: { after } },
        }),
      ),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });

export const saveQueue = (name: string, body: Schemas["QueueRequest"]) =>
  unwrap(api.PUT("/api/v1/review-queues/{name}", { params: { path: { name } }, body }));

export type Selection = Schemas["ItemsRequest"];

export const addItems = (name: string, body: Selection) =>
  unwrap(api.POST("/api/v1/review-queues/{name}/items", { params: { path: { name } }, body }));

export const exportQueue = (name: string, body: { dataset: string; reference: string | null }) =>
  unwrap(api.POST("/api/v1/review-queues/{name}/export", { params: { path: { name } }, body }));

interface Said {
  answers: Answers;
  comment: string;
}

export const giveLabel = (name: string, item: string, body: Said) =>
  unwrap(
    api.PUT("/api/v1/review-queues/{name}/items/{item}/label", { params: { path: { name, item } }, body }),
  );

export const decideItem = (name: string, item: string, body: Said) =>
  unwrap(
    api.PUT("/api/v1/review-queues/{name}/items/{item}/decision", { params: { path: { name, item } }, body }),
  );

export const skipItem = (name: string, item: string) =>
  unwrap(api.POST("/api/v1/review-queues/{name}/items/{item}/skip", { params: { path: { name, item } } }));

export const takeBack = (name: string) =>
  unwrap(api.POST("/api/v1/review-queues/{name}/undo", { params: { path: { name } } }));
