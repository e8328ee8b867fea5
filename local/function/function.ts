import { randomUUID } from 'node:crypto';
import type { StreamRecord } from '../../lambda-src/runtime/stream-event';
import type { LocalAws } from './aws';
import { type ProcessSetUp, processEnvironment } from './environment';
import { type Answer, Sandbox } from './sandbox';

/**
 * What goes wrong at the handler's call. `poison`: it is not called, and an error is thrown in its place; `timeout`:
 * it runs, and the process is ended as at its time limit, without waiting for that; `duplicate`: it runs, and its
 * answer is lost.
 */
export type InjectedFault = 'poison' | 'timeout' | 'duplicate';

/** What came of an invocation. */
export interface Invoked {
  readonly kind: 'answered' | 'failed' | 'timed out' | 'lost';
  readonly response?: unknown;
  /** Name, message and stack, with the places in the source files. */
  readonly error?: string;
  /** Lines that the function wrote to stdout and stderr. */
  readonly logs: readonly string[];
  /** Files that it wrote, from the folder of the endpoint. */
  readonly wrote: readonly string[];
}

export interface FunctionSetUp extends ProcessSetUp, Pick<LocalAws, 'wrote'> {}

export interface LocalFunction {
  /** After the one before has ended. */
  invoke(
    event: { readonly Records: readonly StreamRecord[] },
    fault?: InjectedFault,
    clientContext?: object,
  ): Promise<Invoked>;
  /** Ends its process, with those that it started. */
  end(): Promise<void>;
}

/**
 * A function of Node.js, whose process starts with its first invocation and is kept for the next ones, as in Lambda.
 * One that ended, or was ended at its time limit, is replaced by the next invocation.
 *
 * @throws UserError if a variable of the shell that it would get is wrong
 */
export function startFunction(setUp: FunctionSetUp): LocalFunction {
  const environment = processEnvironment(setUp, process.env);
  let sandbox: Sandbox | undefined;

  function outcomeOf(answer: Answer, fault?: InjectedFault) {
    if (answer.kind === 'timed out' || fault === 'timeout') {
      const error = `Task timed out after ${setUp.timeoutInSeconds.toFixed(2)} seconds`;
      return { kind: 'timed out', error } as const;
    }
    if (answer.kind !== 'answered') return { kind: 'failed', error: answer.error } as const;
    if (fault === 'duplicate') return { kind: 'lost' } as const;
    return { kind: 'answered', response: JSON.parse(answer.response) } as const;
  }

  return {
    async invoke(event, fault, clientContext) {
      setUp.wrote(); // what others wrote
      if (!sandbox?.isAlive) sandbox = new Sandbox(setUp, environment);
      const { arn, timeoutInSeconds } = setUp;
      const context = { awsRequestId: randomUUID(), invokedFunctionArn: arn, clientContext };
      const invocation = { event, fault, timeoutInSeconds, ...context };
      const outcome = outcomeOf(await sandbox.invoke(invocation, timeoutInSeconds), fault);
      if (outcome.kind === 'timed out') await sandbox.end();
      return { ...outcome, logs: sandbox.takeLines(), wrote: setUp.wrote() };
    },
    async end() {
      await sandbox?.end();
    },
  };
}
