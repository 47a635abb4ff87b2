import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, expect, test } from "vitest";
import type { Masking } from "@/api/masking";
import { sessionQuery } from "@/api/queries";
import { useEditing } from "./useEditing";

afterEach(cleanup);

const masking = (revision: number, detectors: Masking["rules"]["detectors"] = []): Masking => ({
  rules: { attributes: [], patterns: [], detectors, drop: [] },
  revision,
  updated: null,
  by: null,
  masked: [],
});

function edit(now: Masking, person = "ada") {
  const client = new QueryClient({ defaultOptions: { queries: { enabled: false } } });
  const principal = { id: person, project: "guide", role: "admin" };
  client.setQueryData(sessionQuery().queryKey, { principal, mode: "server" } as never);
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  return renderHook(useEditing, { initialProps: now, wrapper });
}

test("changes come back to the same person when a session ended in between, and to nobody else", () => {
  const now = masking(1);
  const first = edit(now);
  act(() => first.result.current.edit({ detectors: ["email"] }));
  first.unmount();
  expect(edit(now, "bob").result.current.dirty).toBe(false);
  const again = edit(now);
  expect(again.result.current.draft.detectors).toEqual(["email"]);
  act(() => again.result.current.discard());
  again.unmount();
  expect(edit(now).result.current.dirty).toBe(false);
});

test("rules that somebody else saved come in where nothing was changed, and are stale where something was", () => {
  const page = edit(masking(1));
  page.rerender(masking(2, ["jwt"]));
  expect(page.result.current).toMatchObject({ dirty: false, stale: false, draft: { detectors: ["jwt"] } });
  act(() => page.result.current.edit({ detectors: ["jwt", "email"] }));
  page.rerender(masking(3, ["iban"]));
  expect(page.result.current).toMatchObject({ dirty: true, stale: true });
  act(() => page.result.current.rebase());
  expect(page.result.current).toMatchObject({ stale: false, draft: { detectors: ["iban", "email"] } });
  act(() => page.result.current.discard());
});

test("a new count keeps the rows, and so what stands open", () => {
  const now = { ...masking(1), rules: { ...masking(1).rules, drop: ["input" as const] } };
  const page = edit(now);
  const { draft } = page.result.current;
  page.rerender({ ...now, masked: [{ rule: "drop:input", count: 1, last: "2026-01-01T00:00:00Z" }] });
  expect(page.result.current.draft).toBe(draft);
});
