import { defineCommand } from './command';
import { COMMANDS } from './list';

const RULE = '='.repeat(104);
const WIDTH = 40;

/** The rows of a subject, as `help` shows them. */
const rows = (commands: Readonly<Record<string, string>>) =>
  Object.entries(commands)
    .map(([usage, does]) => `    ${`npm run ${usage}`.padEnd(WIDTH)}  ${does}\n`)
    .join('');

/** The file `help`: `npm run --silent help > help` writes it. */
export const HELP = `${RULE}

  A DynamoDB stream in one AWS account, processed by Lambda in another.

  A topology file says who produces, who consumes and who subscribes. TOPOLOGY=<path> selects it; the
  default is topologies/orders.yaml. Options follow --, and -- --help shows them.

${Object.entries(COMMANDS)
  .map(([subject, commands]) => `  ${subject}:\n${rows(commands)}`)
  .join('\n')}
  Stacks:
    state-bucket                                       bucket of the state, with state.manage; deploy it first
    consumer-<consumer>                                execution role, function, log, failed batches, lake,
                                                       alarms, dashboard
    producer-<producer>[-<account>]                    table, key, stream, policy of the stream
    subscription-<producer>[-<account>]-<consumer>     event source mapping, its alarms

${RULE}
`;

export const command = defineCommand('help', {}, async (_, { stdout }) => {
  stdout.write(HELP);
  return 0;
});
