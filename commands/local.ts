import { askedBy, CALL, exampleCall } from '../local/actions';
import { parseItem, storedImage } from '../local/item';
import { jsonLines, type Lines, textLines } from '../local/lines';
import type { Fault } from '../local/play';
import { type Producer, producersOf } from '../local/producers';
import { type Request, run, TABLES } from '../local/run';
import { castOf } from '../local/scene';
import { changed, codeFiles, snapshot } from '../local/watch';
import { few } from '../review/lists';
import { plural } from '../review/report/words';
import { quoted } from '../terraform/command-line';
import { ownPage } from '../topology/own-files';
import { didYouMean, formatValue, UserError } from '../topology/problem';
import { reducedTo } from '../topology/reduced';
import type { ResolvedTopology } from '../topology/resolve';
import type { Values } from './command';
import { withSubscriptions } from './select';
import { defineTopologyCommand, readTopology, type TopologyWorld, usualTopology } from './topology';

const FAULTS: readonly Fault[] = ['poison', 'timeout', 'duplicate', 'denied'];

const OPTIONS = {
  fault: {
    type: 'string',
    value: '<fault>',
    does: `what goes wrong, with the actions or in the scene: ${FAULTS.join(', ')}`,
  },
  subscription: {
    type: 'string',
    value: '<pattern>',
    does: "only subscriptions whose stack's ID matches, such as 'subscription-orders-*'",
  },
  item: {
    type: 'string',
    value: '<JSON>',
    does: 'attributes that each item of the scene has besides, such as \'{"Total":5}\'',
  },
  from: {
    type: 'string',
    value: '<folder>',
    does: 'stacks that are synthesized, such as cdktf.out, as they are',
  },
  watch: { type: 'boolean', does: 'play it again when the code or the topology changes' },
  json: { type: 'boolean', does: 'an object a line, and nothing else on standard output' },
} as const;

/** `npm run local`: changes on their way from a table to a function, on this machine. */
export const command = defineTopologyCommand(
  'local',
  OPTIONS,
  async (options, world, words) => {
    const play = async () => {
      const [request, leftOut] = readRequest(options, world, words);
      const code = await playOnce(request, leftOut, world, options.json);
      return { request, code };
    };
    return options.watch ? watch(play, world) : (await play()).code;
  },
  `
Without an action it plays a scene of items made for it: changes that arrive, and one that does not.
Exit code: 0 if all went as it is meant to, with the fault that was asked for; 1 if not.
Documentation: ${ownPage('local.md')}
`,
  '[put|update|delete <producer> <item> | load <file> | redrive]',
);

function faultOf(text: string | undefined): Fault | undefined {
  const fault = FAULTS.find((one) => one === text);
  if (fault !== undefined || text === undefined) return fault;
  const hint = didYouMean(text, FAULTS);
  throw new UserError(`--fault must be ${FAULTS.join(', ')}; ${hint}got ${formatValue(text)}`);
}

function readRequest(
  { subscription: pattern, item, ...options }: Values<typeof OPTIONS>,
  world: TopologyWorld,
  words: readonly string[],
): readonly [request: Request, leftOut: readonly string[]] {
  const fault = faultOf(options.fault);
  const all = readTopology(world);
  const named = pattern === undefined ? all : withSubscriptions(all, pattern);
  if (item !== undefined && words.length > 0) {
    throw new UserError(
      '--item is for the scene; write its attributes into the item of the action',
    );
  }
  const found = producersOf(named, item === undefined ? {} : storedImage(parseItem(item)));
  if (found.length === 0) {
    throw new UserError(
      `${world.topologyFile} has no table whose changes can be played; write a producer, and a subscription to it; a stream of others is { existingStream: { arn: … } }`,
    );
  }
  const asked = askedBy(words, found);
  if (asked === 'redrive' && fault !== undefined) {
    throw new UserError('--fault is for actions and the scene; leave it out with redrive');
  }
  const producers = producersFor(asked, found, pattern !== undefined);
  const subscriptions = producers.flatMap((producer) => producer.subscriptions);
  const areRead = producers.every((producer) => producer.subscriptions.length > 0);
  const leftOut = named.subscriptions.filter((each) => !subscriptions.includes(each));
  const topology = areRead ? reducedTo(named, subscriptions) : named;
  const request = { topology, producers, asked, fault, from: options.from };
  return [request, asked === 'scene' ? leftOut.map(({ stackId }) => stackId) : []];
}

function producersFor(
  asked: Request['asked'],
  found: readonly Producer[],
  areNamed: boolean,
): readonly Producer[] {
  if (asked === 'scene' && !areNamed) return castOf(found);
  if (asked === 'scene' || asked === 'redrive') return found;
  return found.filter(({ name }) => asked.some(({ producer }) => producer === name));
}

async function playOnce(
  request: Request,
  leftOut: readonly string[],
  world: TopologyWorld,
  json?: boolean,
): Promise<number> {
  const { topology, producers, asked } = request;
  const lines = linesFor(topology, world, json);
  const ids = topology.subscriptions.map(({ stackId }) => stackId);
  lines.say(
    `Playing ${world.topologyFile} on this machine, without AWS: ${few(ids) || 'nobody reads it'}`,
    ...(leftOut.length > 0
      ? [`Left out: ${few(leftOut)}; --subscription <pattern> names others`]
      : []),
  );

  const { problems, canRedrive, written } = await run(request, lines);

  const isUsual = world.topologyFile === usualTopology();
  const option = isUsual ? '' : ` --topology ${quoted(world.topologyFile)}`;
  const next = canRedrive ? `${CALL} redrive` : exampleCall('put', producers);
  lines.say(
    ...written.map(({ folder, files }) => `Written: ${plural(files, 'file')} in ${folder}`),
    ...(problems > 0 ? [problemsLine(problems, asked === 'scene')] : []),
    `Next: ${next}${option}; read ${ownPage('local.md')}`,
  );
  return problems > 0 ? 1 : 0;
}

function linesFor(topology: ResolvedTopology, { stdout, env }: TopologyWorld, json = false): Lines {
  const write = (text: string) => stdout.write(text);
  if (json) return jsonLines(write);
  const { isTTY = false, columns } = stdout;
  // A terminal that does not know its width says 0.
  return textLines(topology, {
    write,
    columns: isTTY ? columns || 80 : undefined,
    colours: isTTY && !env.NO_COLOR,
  });
}

function problemsLine(count: number, isScene: boolean): string {
  const what = `${plural(count, 'problem')} that nobody asked for, so the exit code is 1.`;
  if (!isScene) return what;
  return `${what} Read what the function says above: attributes that it needs are given to the items with --item, other services of AWS with variables.`;
}

/** Plays again after each change of a file, until it is interrupted. */
async function watch(
  play: () => Promise<{ readonly request: Request; readonly code: number }>,
  { topologyFile, stderr }: TopologyWorld,
): Promise<number> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  // A change that is played again must be one again.
  const restore = snapshot(TABLES);
  let files: readonly string[] = [];
  let code = 0;
  let since: number;
  do {
    since = Date.now();
    restore();
    try {
      const { request, ...played } = await play();
      code = played.code;
      files = [topologyFile, ...codeFiles(request.topology)];
    } catch (error) {
      // Only what was played before says which files there are.
      if (!(error instanceof UserError) || files.length === 0) throw error;
      stderr.write(`${error.message}\n`);
    }
    stderr.write('Waiting for a change of the code or the topology; Ctrl-C ends this\n');
  } while (await changed(files, since, stop.signal));
  return code;
}
