import { parse } from '@cdktf/hcl2json';
import { type App, Testing } from 'cdktf';
import { LakeQueries, type LakeQueriesProps } from '../../../constructs/lake/queries';
import { savedQueries } from '../../../constructs/lake/sql';
import { tidyHcl } from '../../../terraform/hcl/tidy-hcl';
import { EmptyStack } from '../../helpers/empty-stack';
import { hclApp, jsonApp, jsonOf } from '../../helpers/synth-app';

// The formatter and the parser of HCL take a while to start.
jest.setTimeout(30_000);

const DATABASE = '${aws_glue_catalog_database.lake.name}';

function stackOf(app: App, settings: Partial<LakeQueriesProps> = {}): EmptyStack {
  const stack = new EmptyStack(app);
  new LakeQueries(stack, 'queries', {
    name: 'ProcessOrders',
    database: DATABASE,
    resultLocation: 's3://${aws_s3_bucket.b.bucket}/athena-results/',
    scanLimitInMegabytes: 10_000,
    ...settings,
  });
  stack.prepareStack();
  return stack;
}

const provider = 'aws.consumer';
const WORKGROUP = {
  provider,
  name: 'ProcessOrders',
  description: 'Queries of the changes of DynamoDB tables',
  configuration: {
    enforce_workgroup_configuration: true,
    publish_cloudwatch_metrics_enabled: true,
    bytes_scanned_cutoff_per_query: 10_000 * 1024 * 1024,
    result_configuration: {
      output_location: 's3://${aws_s3_bucket.b.bucket}/athena-results/',
      encryption_configuration: { encryption_option: 'SSE_S3' },
    },
  },
};

const QUERIES = Object.fromEntries(
  savedQueries(DATABASE).map(({ name, description, sql }) => [
    `queries_${name}`,
    {
      provider,
      name,
      description,
      workgroup: '${aws_athena_workgroup.queries.name}',
      database: DATABASE,
      query: sql,
    },
  ]),
);

test('queries are a workgroup with limits that deletes nothing people saved, and a query of ours', () => {
  const { resource, data } = jsonOf(stackOf(jsonApp()));
  expect(resource).toEqual({
    aws_athena_workgroup: { queries: WORKGROUP },
    aws_athena_named_query: QUERIES,
  });
  expect(Object.keys(QUERIES)).toEqual(['queries_changes_per_tenant_per_day']);
  expect(data).toBeUndefined();
});

test('the text of the saved queries is the same as HCL', async () => {
  const hcl = await tidyHcl(Testing.synthHcl(stackOf(hclApp()), true));
  const { resource } = await parse('cdk.tf', hcl);
  expect(resource.aws_athena_named_query).toEqual(
    Object.fromEntries(
      Object.entries(QUERIES).map(([name, query]) => [
        name,
        [{ ...query, provider: '${aws.consumer}' }],
      ]),
    ),
  );
});

test('a query may scan so many bytes', () => {
  expect(
    jsonOf(stackOf(jsonApp(), { scanLimitInMegabytes: 10 })).resource?.aws_athena_workgroup,
  ).toEqual({
    queries: {
      ...WORKGROUP,
      configuration: {
        ...WORKGROUP.configuration,
        bytes_scanned_cutoff_per_query: 10 * 1024 * 1024,
      },
    },
  });
});
