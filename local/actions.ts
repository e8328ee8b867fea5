import { existsSync, readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { didYouMean, formatValue, UserError } from '../topology/problem';
import { parseItem } from './item';
import type { Action } from './play';
import { exampleOf, type Producer, placed, producerNamed } from './producers';
import { type Request, TABLES } from './run';
import { Tables } from './tables';

const KINDS = ['put', 'update', 'delete'] as const;

/** Bytes of a file, all of which is played and shown. */
const LARGEST_FILE = 10_000_000;

export const CALL = 'npm run local --';

/**
 * What the command line asks for, such as `put orders '{"OrderId":"1"}'`, `load orders.ndjson` or `redrive`.
 *
 * @throws UserError that says what to write
 */
export function askedBy(
  [kind, ...others]: readonly string[],
  producers: readonly Producer[],
): Request['asked'] {
  if (kind === undefined) return 'scene';
  if (kind === 'redrive') {
    if (others.length === 0) return kind;
    throw new UserError(`redrive takes nothing more, got ${formatValue(others[0])}`);
  }
  if (kind === 'load') return loaded(others, producers);
  if (isKind(kind)) return [actionOf(kind, others, producers)];
  const hint = didYouMean(kind, [...KINDS, 'load', 'redrive']);
  throw new UserError(
    `there is no action ${formatValue(kind)}; ${hint}write put, update, delete, load or redrive, or nothing for a scene, such as ${exampleCall('put', producers)}`,
  );
}

function actionOf(
  kind: Action['kind'],
  others: readonly string[],
  producers: readonly Producer[],
): Action {
  const [first = '', second, ...more] = others;
  const isLeftOut = second === undefined && first.trimStart().startsWith('{');
  const [producer, item] = isLeftOut ? [undefined, first] : [first, second];
  if (item === undefined || more.length > 0) {
    throw new UserError(
      `${kind} takes a producer and one item in quotes; write ${exampleCall(kind, producers)}`,
    );
  }
  const action = { kind, producer: producerNamed(producer, producers).name, item: parseItem(item) };
  trialOn(producers)(action);
  return action;
}

/** Plays on copies of the kept tables, so that a mistake is found before anything is played: throws a UserError. */
function trialOn(producers: readonly Producer[]): (action: Action) => void {
  const kept = new Tables(TABLES);
  return ({ kind, producer, item }) => {
    kept.get(producerNamed(producer, producers))[kind](item);
  };
}

function isKind(kind: string): kind is Action['kind'] {
  return KINDS.some((one) => one === kind);
}

/** How an action is written, with the key of the first table: of one of others, as it is kept. */
export function exampleCall(kind: Action['kind'], [producer]: readonly Producer[]): string {
  if (!producer) return CALL;
  const key = producer.schema.key ?? new Tables(TABLES).get(producer).state.key;
  return `${CALL} ${kind} ${producer.name} '${exampleOf(key)}'`;
}

const LINE = '{"action":"put","producer":"<name>","item":{…}}';

const lineSchema = z.strictObject({
  action: z.enum(KINDS, { error: 'action must be put, update or delete' }).default('put'),
  producer: z.string({ error: 'producer must be the name of a producer' }).optional(),
  item: z.record(z.string(), z.unknown(), { error: 'item must be an object' }),
});

/** The actions of a file, one a line. */
function loaded(words: readonly string[], producers: readonly Producer[]): Action[] {
  const [file, ...more] = words;
  if (file === undefined || more.length > 0) {
    throw new UserError(
      `load takes one file, of which each line is an action ${LINE}; write ${CALL} load <file>`,
    );
  }
  if (!existsSync(file) || !statSync(file).isFile()) throw new UserError(`${file} is not a file`);
  const { size } = statSync(file);
  if (size > LARGEST_FILE) {
    throw new UserError(`${file} must be at most ${LARGEST_FILE} bytes, got ${size}; load several`);
  }
  const trial = trialOn(producers);
  const actions = readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      if (line.trim() === '') return [];
      return placed(`${file}:${index + 1}`, () => {
        const action = lineAction(line, producers);
        trial(action);
        return [action];
      });
    });
  if (actions.length > 0) return actions;
  throw new UserError(`${file} has no line; write an action on each, such as ${LINE}`);
}

function lineAction(line: string, producers: readonly Producer[]): Action {
  const { data, error } = lineSchema.safeParse(jsonOf(line));
  if (data) {
    const { action: kind, producer, item } = data;
    return { kind, producer: producerNamed(producer, producers).name, item };
  }
  const [issue] = error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys : undefined;
  const problem = unknown ? `must not have ${unknown.join(', ')}` : issue?.message;
  throw new UserError(`${problem}; write ${LINE}`);
}

function jsonOf(line: string): object {
  try {
    return parseItem(line);
  } catch {
    throw new UserError(`must be a JSON object; write ${LINE}, got ${formatValue(line)}`);
  }
}
