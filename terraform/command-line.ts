/** A command for a shell, from the working directory. */
export function commandLine(
  { program, folder }: { readonly program: string; readonly folder: string },
  ...args: readonly string[]
): string {
  return [program, `-chdir=${folder}`, ...args.map(quoted)].join(' ');
}

/** The same where the folder may have to be written and initialized first, as on another machine than the run's. */
export function fromSynth(
  place: Parameters<typeof commandLine>[0],
  ...args: readonly string[]
): string {
  const init = commandLine(place, 'init', '-upgrade');
  return ['npm run synth', init, commandLine(place, ...args)].join(' && ');
}

/** An argument as a shell takes it. */
export function quoted(text: string): string {
  return /^[\w./\\:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
