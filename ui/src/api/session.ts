import { useQuery } from "@tanstack/react-query";
import { sessionQuery } from "./queries";

export const ROLES = ["viewer", "reviewer", "application", "editor", "admin"] as const;

export type Role = (typeof ROLES)[number];

export const isRole = (text: string): text is Role => ROLES.some((role) => role === text);

/** Whether the signed-in principal has at least this role; the server decides again on every call. */
export function useMay(role: Role): boolean {
  const mine = useQuery(sessionQuery()).data?.principal.role ?? "";
  return isRole(mine) && ROLES.indexOf(mine) >= ROLES.indexOf(role);
}
