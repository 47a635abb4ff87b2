import { expect, test } from "vitest";
import { currentWords } from "@/i18n/language";
import { type Command, matching, textCommands } from "./commands";
import { parseSearch, pick, pickList, stringifySearch } from "./search";

test("the query keeps plain texts and readable digests", () => {
  const search = { release: "sha256:ab", q: "a b&c", status: undefined, empty: "" };
  expect(stringifySearch(search)).toBe("?release=sha256:ab&q=a+b%26c");
  expect(parseSearch(stringifySearch(search))).toEqual({ release: "sha256:ab", q: "a b&c" });
});

test("a value that looks like a number stays a text", () => {
  expect(pick(parseSearch("?trace=12345&other=1"), ["trace"])).toEqual({ trace: "12345" });
});

test("a name that is repeated is a list, and one of them a list of one", () => {
  const search = { where: ["user=ada", "duration_s>2"], q: "x" };
  expect(stringifySearch(search)).toBe("?where=user%3Dada&where=duration_s%3E2&q=x");
  expect(parseSearch(stringifySearch(search))).toEqual(search);
  expect(pickList(parseSearch("?where=user%3Dada"), "where")).toEqual(["user=ada"]);
  expect(pickList(parseSearch("?q=x&where="), "where")).toBeUndefined();
});

const command = (name: string): Command => ({ id: name, group: "go", icon: "search", name, go: { to: "/" } });

test("all words must match, and a match at the start comes first", () => {
  const commands = ["my guide", "guide to mlops", "runs"].map(command);
  expect(matching(commands, "gui").map(({ name }) => name)).toEqual(["guide to mlops", "my guide"]);
  expect(matching(commands, "guide my").map(({ name }) => name)).toEqual(["my guide"]);
});

test("a trace id opens the trace, other text searches", () => {
  const id = "0123456789abcdef0123456789abcdef";
  expect(textCommands(currentWords(), id)[0]?.go).toEqual({ to: `/traces/${id}` });
  expect(textCommands(currentWords(), " two words ")[0]?.go).toEqual({ to: "/traces?q=two%20words" });
  expect(textCommands(currentWords(), "  ")).toEqual([]);
});
