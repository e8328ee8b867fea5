import { devNull } from 'node:os';
import { parseArn } from '../../topology/arns';
import { UserError } from '../../topology/problem';

export interface ProcessSetUp {
  readonly name: string;
  readonly arn: string;
  /** One of Node.js, such as `nodejs24.x`. The Node.js that runs is that of this process. */
  readonly runtime: string;
  /** Absolute: the deployment package, or a prepared folder. */
  readonly packageFolder: string;
  /** As the runtime expects it: `index.handler`. */
  readonly handler: string;
  /** Its own variables alone. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutInSeconds: number;
  readonly memoryInMB: number;
  /** Of what answers its calls to AWS. */
  readonly endpoint: string;
}

/** Unless the function has a variable of the name: what Lambda sets. */
const DEFAULTS = {
  LANG: 'en_US.UTF-8',
  PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
  TZ: ':UTC',
  // It would warn of the Node.js of this machine, which Lambda does not run.
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};

/** They are read from nowhere else: no profile of the user, no metadata service. */
const NO_CREDENTIALS = {
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_SESSION_TOKEN: 'local',
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  AWS_EC2_METADATA_DISABLED: 'true',
};

/** Variables of the function that would lead the SDK to AWS, or to credentials of a profile. */
const LEADS_ELSEWHERE =
  /^AWS_(ENDPOINT_URL|IGNORE_CONFIGURED_ENDPOINT_URLS$|USE_(FIPS|DUALSTACK)_ENDPOINT$|PROFILE$)/;

/**
 * All variables of a function's process: its own, and what Lambda sets. Of the shell it gets only
 * `AWS_ENDPOINT_URL_<SERVICE>`, such as of a local DynamoDB. Its own endpoints, which are of AWS, are left out.
 *
 * @throws UserError if one of the shell is not of this machine
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function processEnvironment(
  setUp: ProcessSetUp,
  shell: NodeJS.ProcessEnv,
): Record<string, string> {
  const { name, arn, runtime, environment } = setUp;
  const { region } = parseArn(arn);
  const own = Object.entries(environment).filter(([key]) => !LEADS_ELSEWHERE.test(key));
  return {
    ...DEFAULTS,
    // As in Lambda, it is not that of the user.
    HOME: setUp.packageFolder,
    ...Object.fromEntries(own),
    ...NO_CREDENTIALS,
    // The endpoint knows by it which function calls.
    AWS_ACCESS_KEY_ID: arn,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: setUp.endpoint,
    // A name: in front of an address the SDK makes a wrong URL of a bucket with dots.
    AWS_ENDPOINT_URL_S3: setUp.endpoint.replace('127.0.0.1', 'localhost'),
    ...localEndpoints(shell),
    AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(setUp.memoryInMB),
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_LAMBDA_RUNTIME_API: 'local',
    LAMBDA_TASK_ROOT: setUp.packageFolder,
    _HANDLER: setUp.handler,
    // Windows starts no process without it.
    ...(shell.SystemRoot && { SystemRoot: shell.SystemRoot }),
  };
}

const OF_A_SERVICE = 'AWS_ENDPOINT_URL_';

function localEndpoints(shell: NodeJS.ProcessEnv): Record<string, string> {
  const endpoints: Record<string, string> = {};
  for (const [name, value] of Object.entries(shell)) {
    if (!name.startsWith(OF_A_SERVICE) || !value) continue;
    if (!isOfThisMachine(value)) {
      throw new UserError(
        `${name} must be an endpoint of this machine, such as http://127.0.0.1:8000, since npm run local calls nothing else, got ${value}; unset it`,
      );
    }
    endpoints[name] = value;
  }
  return endpoints;
}

function isOfThisMachine(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return /^https?:$/.test(protocol) && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname);
}
