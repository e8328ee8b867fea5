import { UserError } from '../topology/problem';

/** Something in the synthesized stacks that the review cannot read, said in one line. */
export class ReviewError extends UserError {
  override readonly name = 'ReviewError';
}
