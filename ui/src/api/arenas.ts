import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Arena = Schemas["Arena"];
export type Board = Schemas["Board"];
export type Leaderboard = Schemas["Leaderboard"];
export type Ranking = Schemas["Ranking"];
export type RankedPlayer = Schemas["RankedPlayer"];
export type ShownBattle = Schemas["ShownBattle"];
export type RevealedBattle = Schemas["RevealedBattle"];
export type VoteVerdict = Schemas["VoteRequest"]["verdict"];
export type Share = Schemas["VoteShare"];

const ARENAS_MS = 15_000;

export const arenasQuery = () =>
  queryOptions({
    queryKey: ["arenas"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/arenas", { signal })),
    refetchInterval: ARENAS_MS,
  });

export const arenaQuery = (name: string) =>
  queryOptions({
    queryKey: ["arena", name],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/arenas/{name}", { params: { path: { name } }, signal })),
    refetchInterval: ARENAS_MS,
  });

export const leaderboardQuery = (name: string) =>
  queryOptions({
    queryKey: ["leaderboard", name],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/arenas/{name}/leaderboard", { params: { path: { name } }, signal })),
    refetchInterval: ARENAS_MS,
  });

/** Takes the next battle: asked again by hand only, for it is whoever asks that it is given to. */
export const battleQuery = (name: string) =>
  queryOptions({
    queryKey: ["arena-battle", name],
    queryFn: () => unwrap(api.POST("/api/v1/arenas/{name}/next", { params: { path: { name } } })),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });

export const giveVote = (name: string, battle: string, verdict: VoteVerdict) =>
  unwrap(
    api.PUT("/api/v1/arenas/{name}/battles/{battle}/vote", {
      params: { path: { name, battle } },
      body: { verdict },
    }),
  );

export const skipBattle = (name: string, battle: string) =>
  unwrap(api.POST("/api/v1/arenas/{name}/battles/{battle}/skip", { params: { path: { name, battle } } }));
