import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { synthApp } from '../helpers/synth-app';
import type { Content } from '../helpers/topology';

// The first synthesis loads the provider's classes, which takes long on a busy machine.
jest.setTimeout(60_000);

/** The example of docs/tenants.md, in the accounts of the topology that it divides into tiers. */
function tiers(): Content {
  const page = readFileSync('docs/tenants.md', 'utf8');
  const [, example = ''] = /## One tenant[\s\S]*?```yaml\n([\s\S]*?)```/.exec(page) ?? [];
  return { ...parse(readFileSync('topologies/saas-tenants.yaml', 'utf8')), ...parse(example) };
}

test('the example of tiers has a function, role and concurrency for each tier', () => {
  const app = synthApp(tiers());
  const of = (tier: string) => {
    const { resource } = app.json(`consumer-metering-${tier}`);
    const lambda = resource?.aws_lambda_function?.processor ?? {};
    return [
      Reflect.get(lambda, 'function_name'),
      Reflect.get(lambda, 'reserved_concurrent_executions'),
      Reflect.get(resource?.aws_iam_role?.execution_role ?? {}, 'name'),
      Reflect.get(resource?.aws_cloudwatch_metric_alarm?.alarms_concurrency ?? {}, 'threshold'),
    ];
  };
  expect([of('large'), of('small')]).toEqual([
    ['MeterLargeTenants', 100, 'MeterLargeTenants', 80],
    ['MeterSmallTenants', 50, 'MeterSmallTenants', 40],
  ]);
  expect(app.ids.filter((id) => id.startsWith('subscription-'))).toEqual([
    'subscription-documents-large-acme-metering-large',
    'subscription-documents-small-globex-metering-small',
    'subscription-documents-small-initech-metering-small',
  ]);
});
