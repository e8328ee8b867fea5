import { fromSynth, quoted } from '../../terraform/command-line';

/** A command in a remedy, which is printed on a line of its own. */
export function typed(command: string): string {
  return `\`${command}\``;
}

/** The prose of a remedy and its commands, which are the second, the fourth and so on. */
export function partsOf(remedy: string): string[] {
  return remedy.split('`');
}

/** A deploy of these stacks, in their order; of all where none is named. */
export function deploy(...stacks: readonly string[]): string {
  const named = stacks.length > 0 ? ['--', ...stacks.map(quoted)] : [];
  return typed(['npm run deploy', ...named].join(' '));
}

/** Terraform for one stack, in the folder that is written and initialized first. */
export function terraform(stack: string, ...args: readonly string[]): string {
  return typed(fromSynth({ program: 'terraform', folder: `cdktf.out/stacks/${stack}` }, ...args));
}

/** What a function logged since then, with either version of the AWS CLI. */
export function logs(group: string, region: string, since: Date): string {
  const lines = "--query 'events[].message' --output text";
  return typed(
    `aws logs filter-log-events --log-group-name ${quoted(group)} --start-time ${since.getTime()} --region ${region} ${lines}`,
  );
}

/** A command as it is called for the topology and the program that this one is called with. */
export function asCalled(remedy: string, topologyOption: string, program: string): string {
  return remedy
    .replaceAll(/npm run (synth|plan|deploy|drift|redrive)( --)?(?=[ ;,`]|$)/g, (whole, name) =>
      topologyOption === '' ? whole : `npm run ${name} -- ${topologyOption}`,
    )
    .replaceAll(/\bterraform (?=-chdir)/g, `${program} `);
}
