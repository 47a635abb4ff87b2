/** A text as one word of a POSIX shell; one that needs no quotes stays readable. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A command with an option a line; those without a value are left out, those with several are repeated. */
export function commandLines(
  command: string,
  options: readonly (readonly [option: string, value: string | string[] | undefined])[],
): string {
  const words = options.flatMap(([option, value]) =>
    [value ?? []].flat().map((each) => `${option} ${quoted(each)}`),
  );
  return [command, ...words].join(" \\\n  ");
}
