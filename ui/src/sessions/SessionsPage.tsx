import { useNavigate, useSearch } from "@tanstack/react-router";
import { ActivityPage } from "./ActivityPage";

export function SessionsPage() {
  const navigate = useNavigate({ from: "/sessions" });
  const { trace: _trace, span: _span, ...filter } = useSearch({ from: "/sessions" });
  return (
    <ActivityPage
      page="sessions"
      filter={filter}
      onFilter={(search) => void navigate({ search, replace: true })}
    />
  );
}
