/** PREFIX_reset(): state back to its initial values, by a fill where one byte will do, else from a constant. */
import type { Tensor } from '../src/graph/graph.js';
import { ctypeOf, sizeOf } from './literals.js';
import type { Printer } from './printer.js';
import type { SourceState } from './sources.js';
import type { ConstantPool } from './weights.js';

export interface StateReset extends SourceState {
  /** The byte that fills it. */
  readonly fill?: number;
  /** The constant that it is copied from. */
  readonly constant?: string;
}

export function resetOf(state: SourceState, { dtype, initial }: Tensor, pool: ConstantPool): StateReset {
  const bytes = new Uint8Array(initial!.buffer, initial!.byteOffset, initial!.byteLength);
  if (bytes.every((byte) => byte === bytes[0])) return { ...state, fill: bytes[0]! };
  const name = `state_${state.index}`;
  const ctype = ctypeOf[dtype];
  const comment = `"${state.name}" at the start`;
  pool.add({ name, ctype, data: initial!, comment, align: Math.max(4, sizeOf(ctype)) });
  return { ...state, constant: pool.symbol(name) };
}

export function printReset(out: Printer, prefix: string, states: readonly StateReset[]): void {
  out.function(`void ${prefix}_reset(void)`, () => {
    for (const { name, offset, bytes, fill, constant } of states) {
      const to = offset === 0 ? `${prefix}_arena` : `${prefix}_arena + ${offset}`;
      out.comment(`"${name}"`);
      if (constant) out.call('memcpy', [to, constant, `${bytes}`]);
      else out.call('memset', [to, `${fill}`, `${bytes}`]);
    }
  });
}
