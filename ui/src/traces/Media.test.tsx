import { cleanup, render } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { Conversation } from "./Conversation";

afterEach(cleanup);

const DIGEST = `sha256:${"0f".repeat(32)}`;

function conversation(type: string, name?: string) {
  const reference = `windlass-media://${DIGEST}?type=${type}&size=2048`;
  const part = { type: "file", file: { filename: name, file_data: reference } };
  return render(<Conversation raw={JSON.stringify([{ role: "user", content: [part] }])} speaker="user" />)
    .container;
}

test("a picture is shown", () => {
  const image = conversation("image/png").querySelector("img");
  expect(image?.getAttribute("src")).toBe(`/api/v1/media/${DIGEST}`);
  expect(image?.getAttribute("alt")).toBe("File image/png, 2 kB");
});

test("a picture that could hold a script is only ever an image", () => {
  const container = conversation("image/svg+xml");
  expect(container.querySelector("img")).not.toBeNull();
  expect(container.querySelector("object, embed, iframe, svg image")).toBeNull();
});

test("a sound and a film have a player", () => {
  expect(conversation("audio/wav").querySelector("audio[controls]")?.getAttribute("src")).toBe(
    `/api/v1/media/${DIGEST}`,
  );
  expect(conversation("video/mp4").querySelector("video[controls]")).not.toBeNull();
});

test("any other file can be downloaded under its name", () => {
  const link = conversation("text/html", "report.html").querySelector("a");
  expect(link?.getAttribute("download")).toBe("report.html");
  expect(link?.textContent).toBe("File report.html, 2 kB");
  expect(link?.getAttribute("target")).toBeNull();
});
