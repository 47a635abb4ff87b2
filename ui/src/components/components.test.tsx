import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { toCsv } from "./download";
import { RenderedMarkdown } from "./RenderedMarkdown";
import { linePieces } from "./Spark";
import { Cost, Estimated, Tokens } from "./Value";

afterEach(cleanup);

test("markup in a model's text is shown, never run", () => {
  const { container } = render(
    <RenderedMarkdown
      text={'<img src=x onerror="alert(1)"> **bold** [go](javascript:alert(1)) ![pic](http://x/y.png)'}
    />,
  );
  expect(container.querySelector("img, a, script")).toBeNull();
  expect(container.querySelector("strong")?.textContent).toBe("bold");
  expect(container.textContent).toContain('<img src=x onerror="alert(1)">');
});

test("entities are shown once decoded", () => {
  const { container } = render(<RenderedMarkdown text={"a < b & `c > d`"} />);
  expect(container.textContent).toBe("a < b & c > d");
});

test("links to the web open outside", () => {
  render(<RenderedMarkdown text="[docs](https://example.org/a)" />);
  expect(screen.getByRole("link").getAttribute("rel")).toBe("noreferrer noopener");
});

test("a missing value is a dash that says why, never a zero", () => {
  const { container } = render(<Cost value={null} />);
  expect(container.textContent).toBe("–");
  expect(screen.getByRole("img").getAttribute("aria-label")).toBe("No token counts to price were recorded");
});

test("a cost without a price says so and names the model", () => {
  const { container } = render(<Cost value={null} unpriced={["house-model", ""]} />);
  expect(container.textContent).toBe("no price");
  expect(container.querySelector("[data-tip]")?.getAttribute("data-tip")).toBe(
    "No price is known for house-model, a model without a name",
  );
});

test("a cost without some of its models is marked", () => {
  const { container } = render(<Cost value={0.25} unpriced={["house-model"]} />);
  expect(container.textContent).toBe("$0.25 +");
  expect(container.querySelector("[data-tip]")?.getAttribute("data-tip")).toContain("house-model");
});

test("an estimate is marked and says why, a count is not", () => {
  const { container, rerender } = render(<Estimated when />);
  expect(container.textContent).toBe("≈ ");
  const mark = container.querySelector("[role=img]");
  expect(mark?.getAttribute("aria-label")).toContain("only a share of the requests");
  rerender(<Estimated when={false} />);
  expect(container.textContent).toBe("");
});

test("token counts are shown with what is missing marked", () => {
  const { container } = render(<Tokens input={1200} output={null} />);
  expect(container.textContent).toBe("1,200 → –");
});

test("a gap in a series breaks its line", () => {
  expect(linePieces([1, 2, null, 2], 2)).toHaveLength(2);
  expect(linePieces([null, null], 0)).toEqual([]);
});

test("cells of a CSV are quoted, and no text is a formula", () => {
  expect(
    toCsv(
      ["item", "value"],
      [
        ['a "b", c', 1.5],
        ["=1+1", null],
      ],
    ),
  ).toBe('item,value\r\n"a ""b"", c",1.5\r\n\'=1+1,\r\n');
});
