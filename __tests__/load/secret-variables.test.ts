import { secretVariables } from '../../load/secret-variables';
import { TopologyError } from '../../topology/problem';
import { resolved } from '../helpers/synth-app';
import { consumer, topology } from '../helpers/topology';

/** Names of the variables that look like secrets. */
function secretsOf(environment: Readonly<Record<string, string>>): unknown[] {
  const content = topology({ 'consumers.process-orders.function.environment': environment });
  return secretVariables(resolved(content)).map(({ path }) => path.at(-1));
}

test.each([
  ...['DB_PASSWORD', 'DB_PASSWORD_PROD', 'PASSWORD', 'DBPASSWORD', 'dbPassword', 'db_passwd'],
  ...['SMTP_PASS', 'DB_PWD', 'KEY_PASSPHRASE', 'CLIENT_SECRET', 'STRIPE_SECRET_KEY'],
  ...['GITHUB_TOKEN', 'accessToken', 'API_KEY', 'apiKey', 'APIKEY_1', 'PRIVATE_KEY'],
  ...['JWT_SIGNING_KEY', 'GOOGLE_CREDENTIALS', 'CREDENTIAL', 'MONGO_CONNECTION_STRING'],
])('%s looks like a secret', (name) => {
  expect(secretsOf({ [name]: 'hunter2' })).toEqual([name]);
});

test.each([
  ...['STAGE', 'DB_PASSWORD_ARN', 'DB_SECRET_NAME', 'SECRET_ID', 'TOKEN_URL', 'TOKEN_TTL'],
  ...['PRIVATE_KEY_PATH', 'tokenUrl', 'PASSWORD_MIN_LENGTH', 'MAX_TOKENS', 'BYPASS_CACHE'],
  ...['COMPASS_HOST', 'PARTITION_KEY', 'TOKENIZER', 'SECRETARY', 'MONKEY'],
])('%s does not', (name) => {
  expect(secretsOf({ [name]: 'hunter2' })).toEqual([]);
});

test('the ARN of a secret and nothing at all are no secrets', () => {
  expect(
    secretsOf({
      DB_SECRET: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf',
      API_TOKEN: '',
    }),
  ).toEqual([]);
});

test('the message has the place, who sees it and what to do, and not the value', () => {
  const content = topology({
    'consumers.audit': {
      ...consumer('Audit'),
      function: { name: 'Audit', environment: { API_KEY: 'hunter2', LOG_LEVEL: 'INFO' } },
    },
  });
  expect(new TopologyError('orders.yaml', secretVariables(resolved(content))).message).toBe(
    'orders.yaml consumers.audit.function.environment.API_KEY looks like a secret, which everyone sees who may read the state of consumer-audit or the synthesized stacks; keep it in Secrets Manager or in an SSM parameter, let the function read it at run time, and give its place in API_KEY_ARN or API_KEY_NAME',
  );
});
