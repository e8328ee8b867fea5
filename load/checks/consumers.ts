import { existsSync, statSync } from 'node:fs';
import { findLogLevel, LOG_LEVEL, LOG_LEVELS, SINK_VARIABLES } from '../../lambda-src/contract';
import { confinement } from '../../packaging/confinement';
import { packageFiles } from '../../packaging/package-files';
import { RESERVED_ENVIRONMENT_VARIABLES } from '../../topology/limits';
import { UserError } from '../../topology/problem';
import { isLogEntry, sinkKind } from '../../topology/sinks';
import { type Declared, type Report, sound } from './declared';

export function functionCode({ consumers, folder }: Declared, report: Report): void {
  const refusal = confinement(folder);
  for (const [name, { function: settings }] of sound(consumers)) {
    const { entry, code, runtime } = settings;
    const path = ['consumers', name, 'function'];
    if (entry !== undefined && !isFile(entry)) {
      report([...path, 'entry'], 'must be a file that exists, relative to cdktf.json', entry);
    } else if (entry !== undefined) {
      const reason = refusal(entry, true);
      if (reason)
        report([...path, 'entry'], `must be a file for the function; it ${reason}`, entry);
    }
    if (!code && !runtime.startsWith('nodejs')) {
      const message =
        'must be a Node.js runtime such as nodejs24.x, since entry is bundled for Node.js; for another language write code: { directory: …, handler: … }';
      report([...path, 'runtime'], message, runtime);
    }
  }
}

export function functionFiles({ consumers, folder }: Declared, report: Report): void {
  const refusal = confinement(folder);
  for (const [name, { function: settings }] of sound(consumers)) {
    const { entry, files, code } = settings;
    for (const [index, file] of files.entries()) {
      const place = ['consumers', name, 'function', 'files', index];
      if (code) {
        report(place, 'must be left out with code; put it into the folder of code', file);
      } else if (entry === undefined) {
        report(
          place,
          'must be left out without entry, since the default function reads none',
          file,
        );
      } else {
        const problem = problemOf(() => packageFiles(entry, file, refusal));
        if (problem) report(place, problem, file);
      }
    }
  }
}

function problemOf(attempt: () => unknown): string | undefined {
  try {
    attempt();
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

export function managedPolicies({ consumers }: Declared, report: Report): void {
  for (const [name, { role }] of sound(consumers)) {
    for (const [index, arn] of role.acknowledgedPolicyArns.entries()) {
      if ([...role.managedPolicyArns, role.permissionsBoundary].includes(arn)) continue;
      const path = ['consumers', name, 'role', 'acknowledgedPolicyArns', index];
      report(path, 'must be one of managedPolicyArns, or the permissionsBoundary', arn);
    }
    if (role.managedPolicyArns.length <= role.managedPolicyQuota) continue;
    const path = ['consumers', name, 'role', 'managedPolicyArns'];
    const message = `must be at most ${role.managedPolicyQuota} policies, which IAM attaches to a role`;
    report(path, message, role.managedPolicyArns);
  }
}

/** The function is never given more than it has reserved, so an alarm above that is silent for good. */
export function concurrency({ consumers }: Declared, report: Report): void {
  for (const [name, { alarms, function: settings }] of sound(consumers)) {
    const reserved = settings.reservedConcurrentExecutions;
    if (!alarms || reserved === undefined) continue;
    const { concurrentExecutions } = alarms;
    if (concurrentExecutions === undefined || concurrentExecutions <= reserved) continue;
    const message = `must be at most the ${reserved} of function.reservedConcurrentExecutions, or the alarm can never fire`;
    report(['consumers', name, 'alarms', 'concurrentExecutions'], message, concurrentExecutions);
  }
}

export function environment({ consumers }: Declared, report: Report): void {
  const reserved: readonly string[] = RESERVED_ENVIRONMENT_VARIABLES.names;
  for (const [name, { function: settings, sink }] of sound(consumers)) {
    const path = ['consumers', name, 'function', 'environment'];
    const ofSink: readonly string[] = Object.values(SINK_VARIABLES[sink.type]);
    const isDefault =
      (settings.entry === undefined || isLogEntry(settings.entry)) && !settings.code;
    for (const [variable, value] of Object.entries(settings.environment)) {
      const refuse = (message: string) => report([...path, variable], message);
      if (reserved.includes(variable)) {
        refuse('is set by Lambda itself; choose another name');
      } else if (!/^[a-zA-Z]\w+$/.test(variable)) {
        refuse('must be named with two or more letters, digits and underscores, a letter first');
      } else if (ofSink.includes(variable)) {
        refuse(`is set by the sink ${sink.type}; leave it out, or choose another name`);
      } else if (variable === LOG_LEVEL && isDefault && !findLogLevel(value)) {
        report([...path, variable], `must be ${LOG_LEVELS.join(', ')}`, value);
      } else if (variable === LOG_LEVEL && isDefault && sink.type === 'log' && !writesInfo(value)) {
        const message =
          'must be INFO or DEBUG, since the function of the sink log writes every change at INFO and would write none; leave it out, or choose the sink s3 or an entry of your own';
        report([...path, variable], message, value);
      }
    }
  }
}

function writesInfo(lowest: string): boolean {
  return ['DEBUG', 'INFO'].includes(lowest.toUpperCase());
}

/** What each sink asks of its own settings. */
export function sinks(
  { name: topologyName, consumers, subscriptions }: Declared,
  report: Report,
): void {
  const subscribed = new Set(subscriptions.map((entry) => entry?.consumer));
  for (const [name, { sink }] of sound(consumers)) {
    const isSubscribed = subscribed.has(undefined) || subscribed.has(name);
    sinkKind(sink).check(sink, { topologyName, name, isSubscribed }, (path, ...problem) =>
      report(['consumers', name, ...path], ...problem),
    );
  }
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
