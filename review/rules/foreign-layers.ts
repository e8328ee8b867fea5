import { makesFunction } from '../../topology/resolve';
import { accountOf } from '../access/evaluate';
import type { Rule } from './rule';

/** The code of a layer runs in the function, with its role; nothing of it is in the package that the review lists. */
export const foreignLayers: Rule = ({ topology: { consumers } }) =>
  consumers.filter(makesFunction).flatMap(({ name, account, function: { layers = [] } }) =>
    layers.flatMap((layer, index) => {
      const owner = accountOf(layer);
      if (owner === account.id) return [];
      const message = `${layer} is code of the account ${owner} that runs in the function, with its role; know who publishes it`;
      return [{ place: `consumers.${name}.function.layers[${index}]`, stops: false, message }];
    }),
  );
