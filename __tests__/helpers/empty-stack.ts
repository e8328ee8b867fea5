import type { App } from 'cdktf';
import { AccountStack } from '../../stacks/account-stack';
import { jsonApp, resolved } from './synth-app';
import { topology } from './topology';

/** A stack of the account 111122223333 that a test fills. */
export class EmptyStack extends AccountStack {
  readonly kind = 'empty';

  constructor(app: App = jsonApp()) {
    const account = { id: '111122223333', region: 'us-east-1', partition: 'aws' };
    super(app, 'empty', resolved(topology()), account, 'consumer');
  }

  /** Publishes values under their names. */
  publish(values: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(values)) this.output(name, value, name);
  }
}
