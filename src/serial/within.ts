/**
 * Waits for a callback, but not for ever.
 * @throws what `done` is given, or `late()` when it has not been called after `ms`.
 */
export function within(
  ms: number,
  start: (done: (failure?: Error | null) => void) => void,
  late: () => Error = () => new Error('no answer in time'),
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  return new Promise<void>((resolve, reject) => {
    timer = setTimeout(() => reject(late()), Math.max(0, ms));
    start((failure) => (failure ? reject(failure) : resolve()));
  }).finally(() => clearTimeout(timer));
}
