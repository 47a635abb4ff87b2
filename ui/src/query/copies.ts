import { quoted } from "@/components/commandLine";
import { stringifySearch } from "@/shell/search";

/** Longer addresses are refused by some proxies and cut by some programs that pass them on. */
export const LONGEST_LINK = 8_000;

/** The address of the page with a statement; nothing when it would be too long to be shared. */
export function linkTo(origin: string, sql: string): string | undefined {
  const link = `${origin}/query${stringifySearch({ sql })}`;
  return link.length > LONGEST_LINK ? undefined : link;
}

/** The call that runs a statement; the key stays a variable of the shell. */
export function curlOf(origin: string, sql: string): string {
  return [
    'curl -H "Authorization: Bearer $WINDLASS_API_KEY"',
    "-H 'Content-Type: application/json'",
    `-d ${quoted(JSON.stringify({ query: sql }))} ${quoted(`${origin}/api/v1/sql`)}`,
  ].join(" ");
}

/** The command that runs a statement; one that begins with a comment must not look like an option. */
export function commandOf(origin: string, sql: string): string {
  const options = sql.startsWith("-") ? "-- " : "";
  return `WINDLASS_URL=${quoted(origin)} windlass sql ${options}${quoted(sql)}`;
}
