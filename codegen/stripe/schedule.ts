/**
 * The order in which a chain's rows are computed: as far down the chain as there are rows for, and only where nothing is to
 * be done a row of its input is read. Played through here as kernels/portable/row_chain.c does it, to know what bands hold at most.
 */
import type { Chain } from './chain.js';

export interface Schedule {
  /** Rows of its output that each layer computes at once; they divide all of its rows. */
  readonly steps: readonly number[];
  /** Rows that each band has to hold. */
  readonly capacity: readonly number[];
  /** Rows of the input that are read, from the first on. */
  readonly rowsRead: number;
  /** How often each layer is called. */
  readonly calls: readonly number[];
  /** Bytes moved within bands. */
  readonly movedBytes: number;
}

export function scheduleOf({ bands, layers }: Chain, steps: readonly number[]): Schedule {
  const first = bands.map((band) => -band.top);
  const filled = bands.map(() => 0);
  const capacity = bands.map((band) => band.top);
  const calls = layers.map(() => 0);
  let movedBytes = 0;
  const isDone = (i: number) => filled[i + 1] === bands[i + 1]!.height;
  /** The row of its inputs with which a layer's next window begins. */
  const start = (i: number) => filled[i + 1]! * layers[i]!.window.stride - layers[i]!.window.top;
  const append = (b: number, rows: number) => {
    filled[b]! += rows;
    capacity[b] = Math.max(capacity[b]!, filled[b]! - first[b]!);
  };
  const isReady = (i: number) => {
    if (isDone(i)) return false;
    const wanted = start(i) + advance(layers[i]!.window, steps[i]!);
    return layers[i]!.inputs.every((b) => filled[b] === bands[b]!.height || filled[b]! >= wanted);
  };

  for (const last = layers.length - 1; !isDone(last); ) {
    let i = last;
    while (i >= 0 && !isReady(i)) i--;
    if (i < 0) {
      append(0, 1);
      continue;
    }
    // Behind the last row of a tensor padding is filled in when a window reaches it.
    for (const b of layers[i]!.inputs) {
      const read = start(i) + readAtOnce(layers[i]!.window, steps[i]!) - first[b]!;
      capacity[b] = Math.max(capacity[b]!, read);
    }
    append(i + 1, steps[i]!);
    calls[i]!++;
    for (const b of layers[i]!.inputs) {
      const readers = layers.flatMap(({ inputs }, j) => (inputs.includes(b) && !isDone(j) ? [start(j)] : []));
      const next = Math.min(filled[b]!, ...readers);
      if (next > first[b]!) movedBytes += (filled[b]! - next) * bands[b]!.rowBytes;
      first[b] = Math.max(first[b]!, next);
    }
  }
  return { steps, capacity, rowsRead: filled[0]!, calls, movedBytes };
}

/** Rows that have to be there before a layer computes: those that it reads, and those that it is done with then. */
export function advance({ size, stride }: { readonly size: number; readonly stride: number }, step: number) {
  return Math.max(readAtOnce({ size, stride }, step), step * stride);
}

/** Rows that a layer reads for `step` rows of its output. */
export function readAtOnce(
  { size, stride }: { readonly size: number; readonly stride: number },
  step: number,
) {
  return (step - 1) * stride + size;
}

/** Row by row: the fewest bytes. */
export function smallestSchedule(chain: Chain): Schedule {
  return scheduleOf(
    chain,
    chain.layers.map(() => 1),
  );
}
