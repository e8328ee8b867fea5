/** A command for a shell, from the working directory. */
export function commandLine(
  { program, folder }: { readonly program: string; readonly folder: string },
  ...args: readonly string[]
): string {
  return [program, `-chdir=${folder}`, ...args.map(quoted)].join(' ');
}

/** An argument as a shell takes it. */
export function quoted(text: string): string {
  return /^[\w./\\:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
