import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type Answer, AwsError, type AwsRequest, errorAnswer } from './aws-error';
import { answerS3, type S3Call } from './s3';

export interface LocalAws {
  /** For `AWS_ENDPOINT_URL`. */
  readonly endpoint: string;
  /** Files written since the last call, from the folder, with slashes. */
  wrote(): string[];
  close(): Promise<void>;
}

/**
 * Answers the calls that functions make to AWS, on 127.0.0.1: an object that is put into S3 becomes the file
 * `<folder>/<bucket>/<key>`. Any other call is refused with an error that says so.
 *
 * @param refusal why a function may not make a call, in AWS's words. Default: it may.
 */
export async function serveAws(
  folder: string,
  refusal: (call: S3Call) => string | undefined = () => undefined,
): Promise<LocalAws> {
  const written: string[] = [];
  const answer = async (request: AwsRequest): Promise<Answer> => {
    try {
      if (request.service !== 'S3') throw notPlayed(request);
      const { wrote, ...others } = answerS3(request, folder, refusal);
      if (wrote !== undefined) written.push(wrote);
      return others;
    } catch (error) {
      return errorAnswer(request, error);
    }
  };
  const server = createServer(async (message, response) => {
    // Who interrupts a call does not wait for its answer, such as a function at its time limit.
    response.on('error', () => {});
    const request = await read(message).catch(() => undefined);
    if (request === undefined) return;
    const { status, headers, body } = await answer(request);
    response.writeHead(status, headers).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    wrote: () => written.splice(0),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/**
 * Who calls, and which service, is in the signature: the functions' access keys are their ARNs. The SDK for JavaScript
 * also names the service as variables do.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
async function read(message: IncomingMessage): Promise<AwsRequest> {
  const { method = '', url = '', headers } = message;
  const { authorization = '', 'user-agent': agent = '' } = headers;
  const [, functionArn = '', signed = ''] =
    /Credential=(arn:[^/]+)\/\d+\/[^/]+\/([^/]+)\//.exec(authorization) ?? [];
  const [, named] = /\bapi\/([\w-]+)#/.exec(agent) ?? [];
  const service = (named ?? signed).replaceAll('-', '_').toUpperCase();
  return { functionArn, service, method, url, headers, body: await buffer(message) };
}

function notPlayed({ service, functionArn, method, url, headers }: AwsRequest): AwsError {
  if (!functionArn) {
    return new AwsError(
      'npm run local answers only calls that a function of the topology signs',
      'AccessDenied',
      403,
    );
  }
  const target = headers['x-amz-target'] ?? `${method} ${url}`;
  const operation = String(target).split('.').at(-1);
  return new AwsError(
    `npm run local does not play ${service} (${operation}); set AWS_ENDPOINT_URL_${service} to one that runs on this machine, such as http://127.0.0.1:8000`,
  );
}
