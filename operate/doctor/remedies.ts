import { fromSynth, quoted } from '../../terraform/command-line';

/** A deploy of these stacks, in their order. */
export function deploy(...stacks: readonly string[]): string {
  return ['npm run deploy --', ...stacks.map(quoted)].join(' ');
}

/** Terraform for one stack, in the folder that is written and initialized first. */
export function terraform(stack: string, ...args: readonly string[]): string {
  return fromSynth({ program: 'terraform', folder: `cdktf.out/stacks/${stack}` }, ...args);
}

/** What a function logged since then, with either version of the AWS CLI. */
export function logs(group: string, region: string, since: Date): string {
  const lines = "--query 'events[].message' --output text";
  return `aws logs filter-log-events --log-group-name ${quoted(group)} --start-time ${since.getTime()} --region ${region} ${lines}`;
}

/** A command as it is called for the topology and the program that this one is called with. */
export function asCalled(remedy: string, topologyOption: string, program: string): string {
  return remedy
    .replaceAll(/npm run (synth|plan|deploy|drift|redrive)( --)?(?= |$|;|,)/g, (whole, name) =>
      topologyOption === '' ? whole : `npm run ${name} -- ${topologyOption}`,
    )
    .replaceAll(/\bterraform (?=-chdir)/g, `${program} `);
}
