import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';

const REGION = 'us-east-1';

/**
 * The shipped topology of tenants as YAML, with this many, and more policies for them.
 *
 * @param table keys of the table that differ; undefined leaves one out
 */
export function tenantsTopology(count: number, table: object): string {
  const { accounts, producers, ...others } = parse(
    readFileSync('topologies/saas-tenants.yaml', 'utf8'),
  );
  const tenants = Array.from({ length: count }, (_, index) => {
    const id = String(200000000000 + index);
    const deployRole = { arn: `arn:aws:iam::${id}:role/TerraformDeploy` };
    return [`tenant-${index + 1}`, { id, region: REGION, deployRole }] as const;
  });
  others.consumers.metering.role.managedPolicyQuota = 20;
  // Of the Node.js runtimes the newest that AWS providers of version 5 take as well.
  others.consumers.metering.function.runtime = 'nodejs22.x';
  const { documents } = producers;
  return stringify({
    ...others,
    accounts: { billing: accounts.billing, ...Object.fromEntries(tenants) },
    producers: {
      documents: {
        accounts: tenants.map(([name]) => name),
        table: { ...documents.table, ...table },
      },
    },
  });
}
