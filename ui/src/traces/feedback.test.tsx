import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import type { Score } from "@/api/types";
import { Feedback } from "./Feedback";
import { thumbOf } from "./feedback";

afterEach(cleanup);

const thumb = (more: Partial<Score> = {}): Score => ({
  id: "s1",
  trace_id: "a".repeat(32),
  span_id: "",
  conversation: "",
  name: "user_feedback",
  value: 1,
  label: "",
  explanation: "Thanks",
  source: "human",
  run: "",
  item: "",
  release: "",
  evaluator: "",
  author: "ada",
  sender: "ada",
  time: "2026-01-01T00:00:00Z",
  ...more,
});

function show(mine?: Score) {
  const give = vi.fn();
  const takeBack = vi.fn();
  render(<Feedback mine={mine} pending={false} problem="" onGive={give} onTakeBack={takeBack} />);
  return { give, takeBack };
}

test("a thumb is given, and the other one replaces it with the comment kept", () => {
  const first = show();
  fireEvent.click(screen.getByRole("button", { name: "Good answer" }));
  expect(first.give).toHaveBeenCalledWith(1, "");
  cleanup();

  const second = show(thumb());
  fireEvent.click(screen.getByRole("button", { name: "Bad answer" }));
  expect(second.give).toHaveBeenCalledWith(0, "Thanks");
  expect(second.takeBack).not.toHaveBeenCalled();
});

test("the pressed thumb is taken back", () => {
  const mine = thumb();
  const { give, takeBack } = show(mine);
  const up = screen.getByRole("button", { name: "Good answer" });
  expect(up.getAttribute("aria-pressed")).toBe("true");
  fireEvent.click(up);
  expect(takeBack).toHaveBeenCalledWith(mine);
  expect(give).not.toHaveBeenCalled();
});

test("a comment goes with the thumb that is given", () => {
  const { give } = show(thumb({ value: 0 }));
  const comment = screen.getByRole("textbox", { name: "Comment" });
  fireEvent.change(comment, { target: { value: " Too long " } });
  fireEvent.submit(comment);
  expect(give).toHaveBeenCalledWith(0, "Too long");
});

test("only one's own thumb on the whole trace is one's own", () => {
  const others = [
    thumb({ author: "bob", sender: "bob" }),
    thumb({ sender: "key:shop" }),
    thumb({ source: "judge" }),
    thumb({ span_id: "00000000000000ab" }),
    thumb({ name: "helpful" }),
  ];
  expect(thumbOf(others, "ada")).toBeUndefined();
  expect(thumbOf([...others, thumb({ id: "mine" })], "ada")?.id).toBe("mine");
});
