import { useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";

export function useSignOut(): () => void {
  const client = useQueryClient();
  return () => void unwrap(api.DELETE("/api/v1/session")).finally(() => void client.resetQueries());
}
