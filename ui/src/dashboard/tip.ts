import type { Colours } from "@/components/chartTheme";
import type { Line } from "./lines";
import { colourOf } from "./timeOption";

interface Tip {
  heading: string;
  note: string;
  lines: readonly Line[];
  at: number;
  colours: Colours;
  nameOf: (line: Line) => string;
  show: (line: Line, value: number) => string;
}

const MOST_ROWS = 10;

function element(tag: string, text: string, style: Partial<CSSStyleDeclaration>): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  Object.assign(made.style, style);
  return made;
}

/** What the pointer is at. Names come from traces: they are set as text and never read as markup. */
export function tipElement({ heading, note, lines, at, colours, nameOf, show }: Tip): HTMLElement {
  const tip = document.createElement("div");
  tip.append(
    element("div", note ? `${heading} · ${note}` : heading, { color: colours.dim, fontSize: "11px" }),
  );
  const known = lines
    .filter((line) => line.points[at])
    .sort((a, b) => (b.values[at] ?? -1) - (a.values[at] ?? -1));
  for (const line of known.slice(0, MOST_ROWS)) {
    const value = line.values[at] ?? null;
    const row = element("div", "", { display: "flex", alignItems: "center", gap: "6px" });
    row.append(
      element("span", "", {
        width: "10px",
        borderTop: `2px ${line.beside ? "dashed" : "solid"} ${colourOf(line, colours)}`,
      }),
      element("span", nameOf(line), { maxWidth: "200px", overflow: "hidden", textOverflow: "ellipsis" }),
      element("b", value === null ? "–" : show(line, value), { marginLeft: "auto", paddingLeft: "12px" }),
      element("span", `n=${line.points[at]?.n ?? 0}`, { color: colours.faint, fontSize: "11px" }),
    );
    tip.append(row);
  }
  if (known.length === 0) tip.append(element("div", "n=0", { color: colours.faint }));
  return tip;
}
