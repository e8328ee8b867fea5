/** A function that the stack makes. */
import { existsSync, statSync } from 'node:fs';
import { findLogLevel, LOG_LEVEL, LOG_LEVELS, SINK_VARIABLES } from '../../lambda-src/contract';
import { confinement } from '../../packaging/confinement';
import { packageFiles } from '../../packaging/package-files';
import { RESERVED_ENVIRONMENT_VARIABLES } from '../../topology/limits';
import { placeNamed } from '../../topology/paths';
import { UserError } from '../../topology/problem';
import { isLogEntry } from '../../topology/sinks';
import { inRegion } from './arns';
import { codeFolder } from './code-folder';
import { at, type CheckOf, distinct, type WithFunction } from './declared';

type Check = CheckOf<WithFunction>;

const entry: Check = ({ function: { entry, code, runtime } }, report, { folder }) => {
  const problemOf = (file: string) => {
    if (!existsSync(file) || !statSync(file).isFile()) {
      return `must be a file that exists, relative to the topology's file: ${file}`;
    }
    const reason = confinement(folder)(file, true);
    return reason && `must be a file for the function; it ${reason}`;
  };
  const problem = entry && problemOf(placeNamed(entry, folder));
  if (problem) report(['function', 'entry'], problem, entry);
  if (!code && !runtime.startsWith('nodejs')) {
    const message =
      'must be a Node.js runtime such as nodejs24.x, since entry is bundled for Node.js; for another language write code: { directory: …, handler: … }';
    report(['function', 'runtime'], message, runtime);
  }
};

const functionFiles: Check = ({ function: { entry, files, code } }, report, { folder }) => {
  const refusal = confinement(folder);
  const problemOf = (file: string) => {
    if (code) return 'must be left out with code; put it into the folder of code';
    if (entry === undefined) {
      return 'must be left out without entry, since the default function reads none';
    }
    try {
      packageFiles(placeNamed(entry, folder), placeNamed(file, folder), refusal);
    } catch (error) {
      if (error instanceof UserError) return error.message;
      throw error;
    }
  };
  for (const [index, file] of files.entries()) {
    const problem = problemOf(file);
    if (problem) report(['function', 'files', index], problem, file);
  }
};

/** The function is never given more than it has reserved, so an alarm above that is silent for good. */
const concurrency: Check = ({ alarms, function: settings }, report) => {
  const reserved = settings.reservedConcurrentExecutions;
  const concurrent = alarms ? alarms.concurrentExecutions : undefined;
  if (reserved === undefined || concurrent === undefined || concurrent <= reserved) return;
  const message = `must be at most the ${reserved} of function.reservedConcurrentExecutions, or the alarm can never fire`;
  report(['alarms', 'concurrentExecutions'], message, concurrent);
};

const environment: Check = ({ sink, function: settings }, report, { folder }) => {
  const { entry, code, environment } = settings;
  const reserved: readonly string[] = RESERVED_ENVIRONMENT_VARIABLES.names;
  const ofSink: readonly string[] = Object.values(SINK_VARIABLES[sink.type]);
  const isDefault = (entry === undefined || isLogEntry(placeNamed(entry, folder))) && !code;
  for (const [variable, value] of Object.entries(environment)) {
    const refuse = (message: string, received?: string) =>
      report(['function', 'environment', variable], message, received);
    if (reserved.includes(variable)) {
      refuse('is set by Lambda itself; choose another name');
    } else if (!/^[a-zA-Z]\w+$/.test(variable)) {
      refuse('must be named with two or more letters, digits and underscores, a letter first');
    } else if (ofSink.includes(variable)) {
      refuse(`is set by the sink ${sink.type}; leave it out, or choose another name`);
    } else if (variable === LOG_LEVEL && isDefault && !findLogLevel(value)) {
      refuse(`must be ${LOG_LEVELS.join(', ')}`, value);
    } else if (
      variable === LOG_LEVEL &&
      isDefault &&
      sink.type === 'log' &&
      !/^(DEBUG|INFO)$/i.test(value)
    ) {
      refuse(
        'must be INFO or DEBUG, since the function of the sink log writes every change at INFO and would write none; leave it out, or choose the sink s3 or an entry of your own',
        value,
      );
    }
  }
};

/** What a function is attached to: each subnet, security group and layer once, and layers of its Region. */
const attachments: Check = (
  { account: name, function: { vpc, layers = [] } },
  report,
  { accounts },
) => {
  distinct(vpc?.subnetIds ?? [], ['function', 'vpc', 'subnetIds'], report);
  distinct(vpc?.securityGroupIds ?? [], ['function', 'vpc', 'securityGroupIds'], report);
  const region = at(accounts, name)?.region;
  const withoutVersions = layers.map((layer) => layer.replace(/:\d+$/, ''));
  for (const [index, layer] of layers.entries()) {
    const path = ['function', 'layers', index];
    if (withoutVersions.indexOf(withoutVersions[index] ?? '') < index) {
      const message =
        'is a layer above already, and a function has one version of it; leave one of them out';
      report(path, message, layer);
    }
    inRegion(path, layer, region, `must be a layer in ${region}, where the function is`, report);
  }
};

export const OF_FUNCTION: readonly Check[] = [
  entry,
  codeFolder,
  functionFiles,
  attachments,
  concurrency,
  environment,
];
