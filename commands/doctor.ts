import { examine } from '../operate/doctor/doctor';
import { reportLines, reportOf } from '../operate/doctor/report';
import { ownPage } from '../topology/own-files';
import { visible } from '../topology/unicode';
import { READ_ONLY, readOnly } from './read-only';
import { Screen } from './screen';
import { withSubscriptions } from './select';
import { asTyped, defineTopologyCommand, readTopology } from './topology';

const OPTIONS = {
  subscription: {
    type: 'string',
    value: '<pattern>',
    does: "only subscriptions whose stack's ID matches, such as 'subscription-orders-*'",
  },
  json: {
    type: 'boolean',
    does: 'one JSON document on standard output, all else on standard error',
  },
  ...READ_ONLY,
} as const;

/** `npm run doctor`: why records do not arrive. */
export const command = defineTopologyCommand(
  'doctor',
  OPTIONS,
  async ({ subscription, json, 'read-only': reads }, world) => {
    const { stdout, stderr, now, env } = world;
    const all = readTopology(world);
    const topology = reads ? readOnly(all) : all;
    const asked = subscription === undefined ? topology : withSubscriptions(topology, subscription);
    const terminal = process.stderr.isTTY ? world.terminal : undefined;
    const screen = new Screen({ stdout: stderr, terminal });
    const { facts, causes } = await examine(asked, now, (read, of) =>
      screen.show(`Reading AWS: ${read} of ${of} producers and consumers`),
    );
    screen.show('');
    const called = {
      facts,
      causes: causes.map((cause) => ({ ...cause, remedy: asTyped(cause.remedy, world) })),
    };
    const lines = json
      ? JSON.stringify(reportOf(called), null, 2).split('\n').map(visible)
      : reportLines(called, world.terminal !== undefined && !env.NO_COLOR);
    for (const line of lines) stdout.write(`${line}\n`);
    return causes.length === 0 ? 0 : 1;
  },
  `\nExit code: 0 if all works, 1 if not. Documentation: ${ownPage('doctor.md')}\n`,
);
