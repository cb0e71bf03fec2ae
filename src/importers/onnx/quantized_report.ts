/** What became of a quantized model, where that is not all that its file has. */
import { type Diagnostic, note, warning } from '../../diagnostics.js';
import type { AnyOp, OpType } from '../../graph/graph.js';

export interface Outcome {
  readonly ops: number;
  /** Some activation is integer. */
  readonly integer: boolean;
  /** Computed in float32. */
  readonly float: readonly AnyOp[];
  /** Of these, such that have integers among their constants. */
  readonly hybrid: number;
  /** Integer operators whose bias the file has in float32. */
  readonly floatBiases: readonly AnyOp[];
}

/** Another shape of the same values: nothing is computed. */
const views = new Set<OpType>(['RESHAPE', 'SQUEEZE', 'EXPAND_DIMS']);

export function reportOf({ ops, integer, float, hybrid, floatBiases }: Outcome, file?: string): Diagnostic[] {
  const found: Diagnostic[] = [];
  const computing = float.filter(({ type }) => !views.has(type));
  if (computing.length > 0 && integer) {
    const n = computing.length;
    const names = computing.slice(0, 3).map(({ type, name }) => `${type} "${name}"`);
    const message = `${n === 1 ? 'one operator computes' : `${n} operators compute`} in float32, as the file has it: ${names.join(', ')}${n > 3 ? ', …' : ''}`;
    const hint =
      'Quantize their inputs and outputs too, by a type and an operator that TensorFlow Lite Micro has.';
    found.push(warning('float-operators', message, hint, { file }));
  }
  if (hybrid > 0 && !integer) {
    const message = `has float32 activations, and quantized weights in ${hybrid} of ${ops} layers`;
    const hint =
      'The weights are taken as float32. Quantize it with `crimp quantize` for integers on the device.';
    found.push(note('hybrid-model', message, hint, { file }));
  }
  if (floatBiases.length > 0) {
    const n = floatBiases.length;
    const message = `${n === 1 ? 'a bias is' : `${n} biases are`} float32; ${n === 1 ? 'it becomes' : 'they become'} integers on the scale of input × weights`;
    found.push(note('float-bias', message, 'Nothing needs to be done.', { file }));
  }
  return found;
}
