import { useLocation, useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import { linkTo } from "./copies";

declare module "@tanstack/react-router" {
  interface HistoryState {
    /** A statement that is too long for the address: Back and a reload find it, a link does not. */
    sql?: string;
  }
}

/** The statement that was run last, as the address holds it, and how to run another. */
export function useAsked(): [string | undefined, (sql: string) => void] {
  const navigate = useNavigate({ from: "/query" });
  const { sql } = useSearch({ from: "/query" });
  const long = useLocation({ select: (location) => location.state.sql });
  const ask = useCallback(
    (next: string) => {
      const fits = linkTo(window.location.origin, next) !== undefined;
      void navigate(fits ? { search: { sql: next } } : { search: {}, state: { sql: next } });
    },
    [navigate],
  );
  return [sql ?? long, ask];
}
