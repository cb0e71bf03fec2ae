/** Random graphs of many ops over few shapes and scales, so that whatever a pass looks for turns up, also in each other's way. */
import { elementCount } from '../../src/graph/access.js';
import { graphBuilder, perChannel, perTensor, type TensorSpec } from '../../src/graph/build.js';
import type { DType, Graph, Op, OpAttributes, OpType, Shape } from '../../src/graph/graph.js';
import { definitionOf } from '../../src/ops/registry.js';
import { random, randomData } from '../property/random.js';

const plain = { activation: 'NONE' } as const;
const one = { height: 1, width: 1 } as const;

/** @param steps ops to try; those that do not fit what is there are left out */
export function randomGraph(seed: number, steps: number): Graph {
  const rng = random(seed);
  const g = graphBuilder('g');
  const choose = <T>(...list: readonly [T, ...T[]]): T => list[rng.int(0, list.length - 1)]!;
  const spec = (dtype: DType, shape: Shape): TensorSpec => ({
    dtype,
    shape,
    ...(dtype === 'int8' && {
      quantization: choose(perTensor(0.05, -3), perTensor(0.05, -3), perTensor(0.1, 7)),
    }),
  });
  const image = [1, 4, 4, 2];
  const pool = [g.input('x', spec('int8', image)), g.input('r', spec('float32', image))];
  for (const dtype of ['int8', 'int8', 'float32', 'float32'] as const) {
    const data = randomData(dtype, 32, random(rng.int(1, 2)));
    pool.push(g.constant(`c${pool.length}`, { ...spec(dtype, image), data }));
  }
  const ints = (name: string, shape: Shape, values: readonly number[]) =>
    g.constant(name, { dtype: 'int32', shape, data: Int32Array.from(values) });
  const written: number[] = [];

  /** Appends the op with the shape that it infers, unless it cannot be. */
  function add<T extends OpType>(
    type: T,
    inputs: readonly number[],
    attributes: OpAttributes[T],
    output: TensorSpec,
  ): void {
    const name = `y${written.length}`;
    const draft = g.build();
    const op = { type, name, inputs, outputs: [draft.tensors.length], attributes } as unknown as Op<T>;
    const shaped = (shape: Shape): Graph => ({
      ...draft,
      tensors: [...draft.tensors, { name, ...output, shape }],
    });
    const definition = definitionOf(op);
    const shape = inferred(() => definition.infer(op, shaped(output.shape))[0]!);
    if (!shape || elementCount(shape) > 256 || definition.check(op, shaped(shape)).length > 0) return;
    written.push(g.op(type, name, inputs, attributes, { ...output, shape }));
    pool.push(written.at(-1)!);
  }

  for (let step = 0; step < steps; step++) {
    const x = pool[rng.next() < 0.5 ? pool.length - 1 : rng.int(0, pool.length - 1)]!;
    const { dtype, shape, quantization } = g.tensor(x);
    const same: TensorSpec = { dtype, shape, ...(quantization && { quantization }) };
    const other = choose(same, spec(dtype, shape));
    const fitting = pool.filter(
      (t) => g.tensor(t).dtype === dtype && g.tensor(t).shape.join() === shape.join(),
    );
    const y = fitting[rng.int(0, fitting.length - 1)]!;
    switch (rng.int(0, 13)) {
      case 0:
        add(choose('RELU', 'RELU6', 'RELU_N1_TO_1'), [x], {}, other);
        break;
      case 1: {
        const quantization = perTensor(1 / 256, -128);
        add('LOGISTIC', [x], {}, dtype === 'int8' ? { ...same, quantization } : same);
        break;
      }
      case 2:
        add(choose('ABS', 'NEG', 'HARD_SWISH'), [x], {}, other);
        break;
      case 3:
        add(choose('ADD', 'SUB', 'MUL'), [x, y], plain, other);
        break;
      case 4:
        add(choose('MAXIMUM', 'MINIMUM'), [x, y], {}, same);
        break;
      case 5:
      case 6: {
        const orders = [
          [0, 2, 1, 3],
          [0, 3, 1, 2],
          [0, 2, 3, 1],
          [0, 1, 2, 3],
        ].filter(() => shape.length === 4);
        const order = orders[rng.int(0, orders.length - 1)];
        if (order) add('TRANSPOSE', [x, ints(`order${step}`, [4], order)], {}, same);
        break;
      }
      case 7: {
        const count = elementCount(shape);
        const to = choose([1, count], [1, 4, 4, count / 16], [1, 2, 8, count / 16], shape);
        if (to.every(Number.isInteger))
          add('RESHAPE', [x, ints(`to${step}`, [to.length], to)], { newShape: to }, { ...same, shape: to });
        break;
      }
      case 8:
        add('QUANTIZE', [x], {}, spec('int8', shape));
        break;
      case 9:
        if (dtype === 'int8') add('DEQUANTIZE', [x], {}, spec('float32', shape));
        break;
      case 10: {
        if (shape.length !== 4) break;
        add('PAD', [x, ints(`pads${step}`, [4, 2], [0, 0, 1, 1, rng.int(0, 1), 1, 0, 0])], {}, same);
        break;
      }
      case 11: {
        if (shape.length !== 4) break;
        const [size, channels] = [choose(1, 2, 3), shape[3]!];
        const weights = [2, size, size, channels];
        const floats = dtype === 'float32';
        const scales = floats ? {} : { quantization: perChannel(Float32Array.of(0.01, 0.02), 0) };
        const w = g.constant(`w${step}`, {
          dtype,
          shape: weights,
          data: randomData(dtype, elementCount(weights), rng),
          ...scales,
        });
        const attributes = {
          padding: choose('SAME', 'VALID'),
          stride: one,
          dilation: one,
          ...plain,
        } as const;
        add('CONV_2D', [x, w], attributes, spec(dtype, [1, 1, 1, 1]));
        break;
      }
      case 12: {
        if (dtype !== 'int8') break;
        const [real, flat] = [spec('float32', shape), spec('float32', [1, elementCount(shape)])];
        add('DEQUANTIZE', [x], {}, real);
        add('RESHAPE', [pool.at(-1)!], {}, flat);
        add('QUANTIZE', [pool.at(-1)!], {}, spec('int8', flat.shape));
        break;
      }
      default:
        add(
          'CONCATENATION',
          [x, y],
          { axis: shape.length - 1, ...plain } as OpAttributes['CONCATENATION'],
          same,
        );
    }
  }
  const outputs = [...new Set([written.at(-1), written[rng.int(0, written.length - 1)]])];
  return g.build(...outputs.filter((t) => t !== undefined));
}

/** Undefined where the op does not fit, of which `infer` need not know. */
function inferred(infer: () => Shape): Shape | undefined {
  try {
    return infer();
  } catch {
    return undefined;
  }
}
