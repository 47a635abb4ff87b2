import { useNavigate, useSearch } from "@tanstack/react-router";
import { ActivityPage } from "./ActivityPage";

export function UsersPage() {
  const navigate = useNavigate({ from: "/users" });
  const { trace: _trace, span: _span, ...filter } = useSearch({ from: "/users" });
  return (
    <ActivityPage
      page="users"
      filter={filter}
      onFilter={(search) => void navigate({ search, replace: true })}
    />
  );
}
