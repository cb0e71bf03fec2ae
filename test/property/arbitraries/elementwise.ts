/** Random graphs of one function of one value, of PRELU, LOG_SOFTMAX or L2_NORMALIZATION. */
import fc from 'fast-check';
import { elementCount } from '../../../src/graph/access.js';
import { graphBuilder, perTensor } from '../../../src/graph/build.js';
import type {
  DType,
  Graph,
  Op,
  OpAttributes,
  OpType,
  Quantization,
  Shape,
} from '../../../src/graph/graph.js';
import { definitionOf } from '../../../src/ops/registry.js';
import { type Random, random, randomData } from '../random.js';
import { broadcastable, quantization, seed, shape } from './operands.js';

/** Where an operator asks for more than a scale and a zero point. */
interface Form {
  readonly attributes?: (rng: Random) => object;
  readonly input?: (dtype: DType, rng: Random) => Quantization | undefined;
  readonly output?: (dtype: DType, rng: Random, input: Quantization) => Quantization | undefined;
}

const symmetricInt16 = (dtype: DType, rng: Random) =>
  quantization(dtype, rng, { symmetric: dtype === 'int16' });

/** Scales of Q3.12 and near it, and others. */
function sigmoidInput(dtype: DType, rng: Random): Quantization | undefined {
  if (dtype === 'int8') return quantization(dtype, rng, { scale: [-12, 3] });
  const scales = [2 ** -12, 2 ** -11, 2 ** -12 * 1.0005, 2 ** -10];
  return perTensor(scales[rng.int(0, 5)] ?? 2 ** (rng.next() * 20 - 19), 0);
}

const forms: Partial<Record<OpType, Form>> = {
  ABS: { input: symmetricInt16, output: symmetricInt16 },
  RSQRT: { input: symmetricInt16, output: symmetricInt16 },
  LOGISTIC: {
    input: sigmoidInput,
    output: (dtype) => (dtype === 'int8' ? perTensor(1 / 256, -128) : perTensor(1 / 32768, 0)),
  },
  TANH: {
    input: sigmoidInput,
    output: (dtype) => (dtype === 'int8' ? perTensor(1 / 128, 0) : perTensor(1 / 32768, 0)),
  },
  LEAKY_RELU: {
    attributes: (rng) => ({
      alpha: Math.fround([0.1, 0, 1, 3, -0.3][rng.int(0, 5)] ?? rng.next() * 2 - 1),
    }),
  },
  HARD_SWISH: {
    input: (dtype, rng) => quantization(dtype, rng, { scale: [-20, 6] }),
    output(dtype, rng, { scale }) {
      const log2 = Math.log2(scale[0]!);
      return quantization(dtype, rng, { scale: [log2 - 6, log2 + 12] });
    },
  },
  LOG_SOFTMAX: { output: () => perTensor(1 / 16, 127) },
  L2_NORMALIZATION: { attributes: () => ({ activation: 'NONE' }), output: () => perTensor(1 / 128, 0) },
};

export const elementwiseTypes = [
  'ABS',
  'CEIL',
  'COS',
  'ELU',
  'EXP',
  'FLOOR',
  'HARD_SWISH',
  'L2_NORMALIZATION',
  'LEAKY_RELU',
  'LOG',
  'LOGISTIC',
  'LOG_SOFTMAX',
  'NEG',
  'PRELU',
  'RELU_0_TO_1',
  'RELU_N1_TO_1',
  'ROUND',
  'RSQRT',
  'SIN',
  'SQRT',
  'SQUARE',
  'TANH',
] as const satisfies readonly OpType[];

type ElementwiseType = (typeof elementwiseTypes)[number];

/** Those with an int8 form. */
export const int8Types = elementwiseTypes.filter((type) =>
  definitionOf({ type } as Op).supports.some(({ input }) => input === 'int8'),
);

function shapeFor(type: ElementwiseType, shape: Shape): Shape {
  if (type === 'LOG_SOFTMAX') return [...shape, 5];
  return type === 'L2_NORMALIZATION' ? [...shape.slice(0, 3), 7] : shape;
}

export function elementwiseGraph(
  type: ElementwiseType,
  dtypes: readonly DType[] = definitionOf({ type } as Op).supports.map(({ input }) => input),
): fc.Arbitrary<Graph> {
  const free = (dtype: DType, rng: Random) => quantization(dtype, rng);
  const { attributes = () => ({}), input = free, output = free } = forms[type] ?? {};
  return fc
    .record({ dtype: fc.constantFrom(...dtypes), given: shape, seed })
    .map(({ dtype, given, seed }) => {
      const rng = random(seed);
      const builder = graphBuilder(type.toLowerCase());
      const shape = shapeFor(type, given);
      const spec = { dtype, shape, quantization: input(dtype, rng) };
      const inputs = [builder.input('x', spec)];
      if (type === 'PRELU') inputs.push(slopes(builder, dtype, shape, rng));
      const made = dtype === 'float32' ? undefined : output(dtype, rng, spec.quantization!);
      const y = builder.op(type, 'y', inputs, attributes(rng) as OpAttributes[ElementwiseType], {
        dtype,
        shape,
        quantization: made,
      });
      return builder.build(y);
    });
}

/** Constant or computed, of fewer values than the input has. */
function slopes(builder: ReturnType<typeof graphBuilder>, input: DType, whole: Shape, rng: Random): number {
  const dtype = input === 'float32' ? input : 'int8';
  const shape = broadcastable(whole, rng);
  const spec = { dtype, shape, quantization: quantization(dtype, rng) } as const;
  if (rng.next() < 0.3) return builder.input('alpha', spec);
  return builder.constant('alpha', { ...spec, data: randomData(dtype, elementCount(shape), rng) });
}
