import { ACTIONS } from '../../../policies/actions';
import { MEANT } from '../../../review/access/grants';

test('the actions that the review means are the ones that the policies grant', () => {
  expect(MEANT).toEqual(ACTIONS);
});
