/** Something in the synthesized stacks that the review cannot read, said in one line. */
export class ReviewError extends Error {
  override readonly name = 'ReviewError';
}
