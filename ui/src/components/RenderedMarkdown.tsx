import { Lexer, type Token, type Tokens } from "marked";
import { Fragment, type ReactNode, useMemo } from "react";
import styles from "./Markdown.module.css";

const SAFE_LINK = /^(https?:|mailto:)/i;

/** marked escapes entities in some texts; they are decoded here because React escapes again. */
const ENTITIES: Record<string, string> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
};
const decode = (text: string) =>
  text.replace(/&(amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? entity);

function children(tokens: Token[] | undefined): ReactNode {
  return tokens?.map((token, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: tokens of one text never move
    <Fragment key={index}>{draw(token)}</Fragment>
  ));
}

function drawList(list: Tokens.List): ReactNode {
  const items = list.items.map((item, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: tokens of one text never move
    <li key={index}>{children(item.tokens)}</li>
  ));
  return list.ordered ? <ol start={Number(list.start) || 1}>{items}</ol> : <ul>{items}</ul>;
}

function drawTable(table: Tokens.Table): ReactNode {
  return (
    <div className={styles.scroll}>
      <table>
        <thead>
          <tr>
            {table.header.map((cell) => (
              <th key={cell.text}>{children(cell.tokens)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of one text never move
            <tr key={index}>
              {row.map((cell, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: cells of one text never move
                <td key={column}>{children(cell.tokens)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function drawLink(link: Tokens.Link): ReactNode {
  if (!SAFE_LINK.test(link.href)) return children(link.tokens);
  return (
    <a className="link" href={link.href} target="_blank" rel="noreferrer noopener">
      {children(link.tokens)}
    </a>
  );
}

/** HTML in the text is shown as text, images as their words: nothing is run and nothing is fetched. */
function draw(token: Token): ReactNode {
  switch (token.type) {
    case "space":
      return null;
    case "heading":
      return <p className={styles.heading}>{children(token.tokens)}</p>;
    case "paragraph":
      return <p>{children(token.tokens)}</p>;
    case "code":
      return (
        <pre className={styles.code}>
          <code>{token.text}</code>
        </pre>
      );
    case "blockquote":
      return <blockquote>{children(token.tokens)}</blockquote>;
    case "list":
      return drawList(token as Tokens.List);
    case "table":
      return drawTable(token as Tokens.Table);
    case "hr":
      return <hr />;
    case "strong":
      return <strong>{children(token.tokens)}</strong>;
    case "em":
      return <em>{children(token.tokens)}</em>;
    case "del":
      return <del>{children(token.tokens)}</del>;
    case "codespan":
      return <code className={styles.span}>{decode(token.text)}</code>;
    case "br":
      return <br />;
    case "link":
      return drawLink(token as Tokens.Link);
    case "image":
      return <span className="dim">[{token.text || token.href}]</span>;
    case "text":
      return token.tokens ? children(token.tokens) : decode(token.text);
    case "escape":
      return token.text;
    default:
      return token.raw;
  }
}

export interface MarkdownProps {
  text: string;
  /** For text that was wrapped at a column: single line ends become spaces. */
  reflow?: boolean;
}

/** Loaded on demand through Markdown.tsx. */
export function RenderedMarkdown({ text, reflow }: MarkdownProps) {
  const tokens = useMemo(() => new Lexer({ gfm: true, breaks: !reflow }).lex(text), [text, reflow]);
  return <div className={styles.markdown}>{children(tokens)}</div>;
}
