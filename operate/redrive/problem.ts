import { UserError } from '../../topology/problem';

/** Something the user can put right: shown without a stack trace. */
export class RedriveError extends UserError {}
