import { AthenaNamedQuery } from '@cdktf/provider-aws/lib/athena-named-query';
import { AthenaWorkgroup } from '@cdktf/provider-aws/lib/athena-workgroup';
import { Construct } from 'constructs';
import { multiline } from '../terraform/literal';
import { savedQueries } from './sql';

/** Athena's least limit of 10 MB is 10 times this. */
const BYTES_PER_MEGABYTE = 1024 * 1024;

export interface LakeQueriesProps {
  /** Name of the workgroup, letters, digits and `._-`. */
  readonly name: string;
  /** Name of the Glue database. */
  readonly database: string;
  /** Where results go, `s3://bucket/prefix/`. */
  readonly resultLocation: string;
  /** MB that one query may scan. */
  readonly scanLimitInMegabytes: number;
}

/**
 * An Athena workgroup that bounds what a query costs and whose results are encrypted, with saved queries.
 * It has no `force_destroy`: Athena refuses to delete it while it holds queries that people saved.
 */
export class LakeQueries extends Construct {
  constructor(scope: Construct, id: string, props: LakeQueriesProps) {
    super(scope, id);
    const { name, database, resultLocation, scanLimitInMegabytes } = props;
    const workgroup = new AthenaWorkgroup(this, 'resource', {
      name,
      description: 'Queries of the changes of DynamoDB tables',
      configuration: {
        enforceWorkgroupConfiguration: true,
        publishCloudwatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: scanLimitInMegabytes * BYTES_PER_MEGABYTE,
        resultConfiguration: {
          outputLocation: resultLocation,
          encryptionConfiguration: { encryptionOption: 'SSE_S3' },
        },
      },
    });
    for (const query of savedQueries(database)) {
      new AthenaNamedQuery(this, query.name, {
        name: query.name,
        description: query.description,
        workgroup: workgroup.name,
        database,
        query: multiline(this, query.sql),
      });
    }
  }
}
