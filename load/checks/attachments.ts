import { parseArn, partitionOf } from '../../topology/arns';
import { at, type CheckOf, distinct, type FunctionMaker } from './declared';

/** What a function is attached to: each subnet, security group and layer once, and layers of its Region. */
export const attachments: CheckOf<FunctionMaker> = (
  { account: name, function: { vpc, layers = [] } },
  report,
  { accounts },
) => {
  distinct(vpc?.subnetIds ?? [], ['function', 'vpc', 'subnetIds'], report);
  distinct(vpc?.securityGroupIds ?? [], ['function', 'vpc', 'securityGroupIds'], report);
  const region = at(accounts, name)?.region;
  const withoutVersions = layers.map((layer) => layer.replace(/:\d+$/, ''));
  for (const [index, layer] of layers.entries()) {
    const refuse = (message: string) => report(['function', 'layers', index], message, layer);
    if (withoutVersions.indexOf(withoutVersions[index] ?? '') < index) {
      refuse(
        'is a layer above already, and a function has one version of it; leave one of them out',
      );
    }
    const place = parseArn(layer);
    if (region === undefined) continue;
    if (place.region !== region || place.partition !== partitionOf(region)) {
      refuse(`must be a layer in ${region}, where the function is`);
    }
  }
};
