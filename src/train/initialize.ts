/**
 * Fresh weights for a float graph. Normal ones before a ReLU by He et al. 2015, "Delving Deep into Rectifiers" (variance
 * 2 / fan-in), elsewhere by Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural
 * networks" (variance 2 / (fan-in + fan-out)).
 */
import { elementCount } from '../graph/access.js';
import type { AnyOp, Graph } from '../graph/graph.js';
import type { FusedActivation } from '../numerics/activation_range.js';
import { dataInput } from '../ops/registry.js';
import { seededRandom } from './random.js';
import { type Variable, variablesOf, withConstants } from './variables.js';

/**
 * @param graph float32; what its weights were makes no difference
 * @returns weights drawn by the seed, biases and offsets 0, scales 1; the same seed gives the same bytes
 */
export function initialize(graph: Graph, seed: number): Graph {
  const normal = normalNumbers(seededRandom(seed));
  const values = variablesOf(graph).map((variable) => {
    const { tensor, shape, role } = variable;
    const fresh = new Float32Array(elementCount(shape)).fill(role === 'scale' ? 1 : 0);
    if (role === 'weights') {
      const deviation = deviationOf(graph, variable);
      fresh.forEach((_, i) => {
        fresh[i] = deviation * normal();
      });
    }
    return [tensor, fresh] as const;
  });
  return withConstants(graph, new Map(values));
}

function deviationOf(graph: Graph, { tensor, shape }: Variable): number {
  const op = graph.ops.find(({ inputs }) => inputs[1] === tensor)!;
  const { fanIn, fanOut } = fans(graph, op, shape);
  return Math.sqrt(2 / (leadsToRelu(graph, op) ? fanIn : fanIn + fanOut));
}

/** How many values go into one of the layer's outputs, and how many outputs one of its inputs goes into. */
function fans(graph: Graph, op: AnyOp, shape: readonly number[]): { fanIn: number; fanOut: number } {
  const channels = graph.tensors[dataInput(op)]!.shape.at(-1)!;
  if (op.type === 'DEPTHWISE_CONV_2D') {
    const taps = shape[1]! * shape[2]!;
    return { fanIn: taps, fanOut: (taps * shape[3]!) / channels };
  }
  if (op.type === 'FULLY_CONNECTED') return { fanIn: shape.at(-1)!, fanOut: shape.at(-2)! };
  // OHWI; a filter thinner than the input is one of a group.
  const [filters, height, width, inputs] = shape as [number, number, number, number];
  if (op.type === 'TRANSPOSE_CONV') {
    const { stride } = op.attributes;
    const taps = height * width;
    return { fanIn: (taps * inputs) / (stride.height * stride.width), fanOut: taps * filters };
  }
  const groups = channels / inputs;
  return { fanIn: height * width * inputs, fanOut: (height * width * filters) / groups };
}

/** What may stand between a layer and its ReLU: it keeps the spread of the values, or is what batch norm has become. */
const between: readonly string[] = ['ADD', 'SUB', 'MUL', 'MAX_POOL_2D', 'CONCATENATION', 'RESHAPE', 'PAD'];
/** What halves the values' power as a ReLU does, nearly. */
const rectifiers: readonly string[] = ['RELU', 'RELU6', 'LEAKY_RELU', 'PRELU', 'ELU', 'HARD_SWISH'];
const rectifying: readonly FusedActivation[] = ['RELU', 'RELU6'];

function leadsToRelu(graph: Graph, op: AnyOp): boolean {
  if (rectifiers.includes(op.type)) return true;
  const { activation } = op.attributes as { activation?: FusedActivation };
  if (activation !== undefined && rectifying.includes(activation)) return true;
  const readers = graph.ops.filter(({ inputs }) => inputs.includes(op.outputs[0]!));
  return readers.some(
    (reader) =>
      rectifiers.includes(reader.type) || (between.includes(reader.type) && leadsToRelu(graph, reader)),
  );
}

/** Standard normal numbers (Box and Muller 1958). */
function normalNumbers(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
