import { AthenaNamedQuery } from '@cdktf/provider-aws/lib/athena-named-query';
import { AthenaWorkgroup } from '@cdktf/provider-aws/lib/athena-workgroup';
import { Construct } from 'constructs';
import { ATHENA_RESULTS } from '../../topology/names';
import type { Lake } from '../../topology/sinks/s3';
import { multiline } from '../terraform/literal';
import { CHANGES_PER_TENANT_PER_DAY, changesPerTenantPerDay } from './sql';

/** Athena's least limit of 10 MB is 10 times this. */
const BYTES_PER_MEGABYTE = 1024 * 1024;

/**
 * An Athena workgroup that bounds what a query costs and whose results are encrypted, with a saved query.
 * It has no `force_destroy`: Athena refuses to delete it while it holds queries that people saved.
 */
export function createQueries(
  parent: Construct,
  { scanLimitInMegabytes }: Lake,
  names: { readonly bucket: string; readonly database: string; readonly workgroup: string },
): void {
  const scope = new Construct(parent, 'queries');
  const workgroup = new AthenaWorkgroup(scope, 'resource', {
    name: names.workgroup,
    description: 'Queries of the changes of DynamoDB tables',
    configuration: {
      enforceWorkgroupConfiguration: true,
      publishCloudwatchMetricsEnabled: true,
      bytesScannedCutoffPerQuery: scanLimitInMegabytes * BYTES_PER_MEGABYTE,
      resultConfiguration: {
        outputLocation: `s3://${names.bucket}/${ATHENA_RESULTS}`,
        encryptionConfiguration: { encryptionOption: 'SSE_S3' },
      },
    },
  });
  new AthenaNamedQuery(scope, CHANGES_PER_TENANT_PER_DAY, {
    name: CHANGES_PER_TENANT_PER_DAY,
    description: 'Changes of each account on each of the last 31 days',
    workgroup: workgroup.name,
    database: names.database,
    query: multiline(scope, changesPerTenantPerDay(names.database)),
  });
}
