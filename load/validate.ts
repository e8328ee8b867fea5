import type { z } from 'zod';
import { didYouMean, formatPath, type Problem, type Report } from '../topology/problem';
import { type ResolvedTopology, resolve } from '../topology/resolve';
import { topologySchema } from '../topology/schema';
import { checkAll, type Declared, sizes } from './checks';
import { changedText } from './checks/text';
import { remedyOf, replacesMapping } from './synonyms';

/**
 * Checks the content of a topology file: every value by itself, then what spans several of them.
 *
 * @param folder of the file, relative to the working directory
 * @returns the topology with its defaults, or everything that is wrong with it
 */
export function validate(
  content: unknown,
  folder = '.',
): { topology?: ResolvedTopology; problems: Problem[] } {
  const parsed = topologySchema.safeParse(content);
  const unfit = changedText(content);
  const problems = withoutReplaced(
    distinct([
      ...unfit,
      ...(parsed.error?.issues ?? []).flatMap((issue) => toProblems(issue, content)),
    ]),
  );
  const places = new Set(unfit.map(({ path }) => formatPath(path)));
  const report: Report = (path, message, received) => {
    if (!places.has(formatPath(path))) problems.push({ path, message, received });
  };

  checkAll({ ...(parsed.data ?? soundParts(content)), folder }, report);
  if (!parsed.data || problems.length > 0) return { problems };

  const topology = resolve(parsed.data, folder);
  sizes(topology, report);
  return problems.length > 0 ? { problems } : { topology, problems };
}

/**
 * Marks the problems of numbers and booleans that are right as text, so that the message says what to
 * write: an account ID without quotes, whose leading zeros only the file has.
 */
export function markInQuotes(
  problems: readonly Problem[],
  content: unknown,
  folder: string,
): readonly Problem[] {
  const isUnquoted = ({ path, received, written }: Problem) =>
    path.length > 0 && /^(number|boolean)$/.test(typeof received) && written !== undefined;
  if (!problems.some(isUnquoted)) return problems;
  const quoted = structuredClone(content);
  for (const { path, written } of problems.filter(isUnquoted)) set(quoted, path, written);
  const wrong = new Set(validate(quoted, folder).problems.map(({ path }) => formatPath(path)));
  return problems.map((problem) => {
    const { path } = problem;
    const isWrong = path.some((_, index) => wrong.has(formatPath(path.slice(0, index + 1))));
    return { ...problem, inQuotes: (isUnquoted(problem) && !isWrong) || undefined };
  });
}

function set(content: unknown, path: Problem['path'], value: unknown): void {
  const parent = path
    .slice(0, -1)
    .reduce((node, key) => Reflect.get(Object(node), key), Object(content));
  Reflect.set(parent, path.at(-1) ?? '', value);
}

function toProblems(issue: z.core.$ZodIssue, content: unknown): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      const meant = didYouMean(key, issue.message.split(', '));
      const remedy = remedyOf(path) ?? `${meant}the keys are ${issue.message}`;
      const message = `is not a key of the topology here; ${remedy}`;
      return { path, message, received: valueAt(content, path) };
    });
  }
  if (issue.code === 'custom') return [{ path: issue.path, message: issue.message }];
  const received = valueAt(content, issue.path);
  const parts = issue.code === 'invalid_union' ? partsOf(issue, received) : undefined;
  if (parts) {
    return parts.flatMap((part) =>
      toProblems({ ...part, path: [...issue.path, ...part.path] }, content),
    );
  }
  const message = received === undefined ? `is missing; it ${issue.message}` : issue.message;
  return [{ path: issue.path, message, received }];
}

/**
 * What is wrong within a value that may be several things, if it is a mapping that fits one of them
 * but for some values and keys it has; of mappings only, the last one is meant otherwise.
 */
function partsOf({ errors }: z.core.$ZodIssueInvalidUnion, received: unknown) {
  if (!isObject(received)) return undefined;
  const isWithin = ({ code, path }: z.core.$ZodIssue) =>
    code === 'unrecognized_keys' || path.length > 0;
  const fitting = errors.find((issues) =>
    issues.every(
      (issue) =>
        isWithin(issue) && (issue.path.length !== 1 || valueAt(received, issue.path) !== undefined),
    ),
  );
  return fitting ?? (errors.flat().every(isWithin) ? errors.at(-1) : undefined);
}

/** One problem per value: the first, although a number can be both not whole and too large. */
function distinct(problems: Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ path }) => {
    const place = formatPath(path);
    return !seen.has(place) && seen.add(place);
  });
}

/** Without what is missing in a mapping that is to be another one. */
function withoutReplaced(problems: Problem[]): Problem[] {
  const parent = ({ path }: Problem) => formatPath(path.slice(0, -1));
  const replaced = problems.filter(({ path }) => replacesMapping(path));
  const places = new Set(replaced.map(parent));
  return problems.filter((each) => replaced.includes(each) || !places.has(parent(each)));
}

function valueAt(content: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      isObject(value) && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined,
    content,
  );
}

/** The entries of a broken file that are sound by themselves, so that all problems show at once. */
function soundParts(content: unknown): Omit<Declared, 'folder'> {
  const file: Record<string, unknown> = { ...Object(content) };
  const { name, tags, state, accounts, consumers, producers, subscriptions } = topologySchema.shape;
  const { element } = subscriptions.unwrap();
  return {
    name: name.safeParse(file.name).data ?? '',
    tags: tags.safeParse(file.tags).data ?? {},
    state: state.safeParse(file.state).data,
    accounts: soundValues(accounts, file.accounts),
    consumers: soundValues(consumers.unwrap(), file.consumers),
    producers: soundValues(producers.unwrap(), file.producers),
    subscriptions: Array.isArray(file.subscriptions)
      ? file.subscriptions.map((value) => element.safeParse(value).data)
      : [],
  };
}

function soundValues<T extends z.ZodType>(
  { valueType }: z.ZodRecord<z.ZodString, T>,
  value: unknown,
): Record<string, z.output<T> | undefined> {
  const entries = isObject(value) && !Array.isArray(value) ? Object.entries(value) : [];
  return Object.fromEntries(
    entries.map(([name, entry]) => [name, valueType.safeParse(entry).data]),
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
