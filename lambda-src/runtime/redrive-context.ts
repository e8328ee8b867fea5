/** Key of the client context's `custom` that is true where redrive invokes the function. */
export const REDRIVE = 'redrive';
