import { type PackageOrigin, packageOrigin } from '../packaging/deployment-package';
import type { ResolvedTopology } from '../topology/resolve';
import { groupBy } from './lists';

/** What functions that are deployed from the same package are made of. */
export interface Code extends PackageOrigin {
  readonly functions: readonly string[];
}

export function codeOf({ consumers }: ResolvedTopology): Code[] {
  const all = consumers.map((consumer) => ({
    name: consumer.function.name,
    ...packageOrigin(consumer),
  }));
  return groupBy(all, ({ source, hash }) => `${hash} ${source}`).flatMap((group) =>
    group
      .slice(0, 1)
      .map(({ name: _, ...origin }) => ({ ...origin, functions: group.map(({ name }) => name) })),
  );
}
