/** Graphs of one op that turns each value into another by itself, and how close it comes to the real function. */
import { graphBuilder, perTensor, type TensorSpec } from '../../src/graph/build.js';
import type { DType, Graph, OpAttributes, OpType } from '../../src/graph/graph.js';
import { float32OfBits } from '../../src/numerics/float32_bits.js';
import { typeRange } from '../../src/ops/checks.js';
import { createSimulator } from '../../src/simulator/simulator.js';

/** float32, or a dtype with scale and zero point. */
export type Values = 'float32' | readonly [DType, number, number];

function specOf(values: Values, count: number): TensorSpec {
  if (values === 'float32') return { dtype: values, shape: [count] };
  const [dtype, scale, zeroPoint] = values;
  return { dtype, shape: [count], quantization: perTensor(scale, zeroPoint) };
}

/** An op on `count` values. */
export function oneValueOp<T extends OpType>(
  type: T,
  from: Values,
  to: Values,
  attributes: OpAttributes[T],
  count = 1,
): Graph {
  const builder = graphBuilder('one_value');
  const input = builder.input('x', specOf(from, count));
  return builder.build(builder.op(type, 'y', [input], attributes, specOf(to, count)));
}

/** What the op makes of the values as they stand. */
export function applied<T extends OpType>(
  type: T,
  [from, to]: readonly [Values, Values],
  attributes: OpAttributes[T],
  values: readonly number[],
): number[] {
  const simulator = createSimulator(oneValueOp(type, from, to, attributes, values.length));
  (simulator.memory[0] as Float32Array).set(values);
  simulator.run();
  return [...(simulator.memory[1] as Float32Array)];
}

/** The largest error over all values of the input's type, in steps of the output's; saturated as the output is. */
export function worstStep<T extends OpType>(
  type: T,
  [from, to]: readonly [Exclude<Values, string>, Exclude<Values, string>],
  attributes: OpAttributes[T],
  f: (x: number) => number,
): number {
  const { min, max } = typeRange(from[0]);
  const all = Array.from({ length: max - min + 1 }, (_, i) => min + i);
  const range = typeRange(to[0]);
  const errors = applied(type, [from, to], attributes, all).map((q, i) => {
    const wanted = f((all[i]! - from[2]) * from[1]) / to[1] + to[2];
    return Math.abs(q - Math.min(range.max, Math.max(range.min, wanted)));
  });
  return Math.max(...errors);
}

/** float32 numbers of every size and either sign, zeros and infinities among them. */
export const reals: readonly number[] = [
  ...Array.from({ length: 4096 }, (_, i) => float32OfBits(i * 0x100000 + i * 7919)),
  0,
  -0,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
].filter((x) => !Number.isNaN(x));

/** The largest error on `reals` in units of the last place of the real result; NaN and infinities have to be so in both. */
export function worstUlp<T extends OpType>(
  type: T,
  attributes: OpAttributes[T],
  f: (x: number) => number,
  values = reals,
): number {
  const errors = applied(type, ['float32', 'float32'], attributes, values).map((y, i) => {
    const wanted = f(Math.fround(values[i]!));
    if (Object.is(y, Math.fround(wanted))) return 0;
    const exponent = Math.max(-126, Math.floor(Math.log2(Math.abs(wanted))));
    return Math.abs(y - wanted) / 2 ** (exponent - 23);
  });
  return errors.reduce((a, b) => (b <= a ? a : b), 0);
}
