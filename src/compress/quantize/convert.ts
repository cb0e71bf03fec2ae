/** The float graph and the parameters of its activations → the integer graph. */
import { inputTensor, optionalInput } from '../../graph/access.js';
import type { AnyOp, Graph, Op, Quantization, Tensor, TensorData } from '../../graph/graph.js';
import { uniqueNames } from '../../graph/names.js';
import { quantizationRules } from '../../ops/quantization_rules.js';
import { removeUnusedTensors } from '../../passes/remove_unused_tensors.js';
import { clusterGraph } from './cluster.js';
import { type ActivationType, quantizeValues } from './parameters.js';
import { type QuantizedWeights, quantizeWeights, type WeightsType, weightsSqnr } from './weights.js';

export interface Precision {
  readonly activations: ActivationType;
  readonly weights: WeightsType;
  /** Layers whose int4 weights would have a lower SQNR than this, in dB, keep int8. */
  readonly int4Sqnr: number;
  /** At most so many distinct weights in a layer. */
  readonly clusters?: number;
}

/** Same ops in the same order, activations at the same indices. */
export function convert(
  graph: Graph,
  parameters: ReadonlyMap<number, Quantization>,
  precision: Precision,
): Graph {
  const dtype = precision.activations;
  const tensors: Tensor[] = graph.tensors.map((tensor, i) => {
    const quantization = parameters.get(i);
    if (!quantization) return tensor;
    const { name, shape, data, initial } = tensor;
    const quantized = (values: TensorData) => quantizeValues(values as Float32Array, quantization, dtype);
    return {
      name,
      shape,
      dtype,
      quantization,
      ...(data && { data: quantized(data) }),
      ...(initial && { initial: quantized(initial) }),
    };
  });
  const ops = graph.ops.map((op): AnyOp => {
    if (quantizationRules[op.type]!.weights === undefined) return op;
    const [weights, bias] = [inputTensor(graph, op as Op, 1), optionalInput(graph, op as Op, 2)];
    const quantized = weightsOf(op, weights, bias, parameters.get(op.inputs[0]!)!.scale[0]!, precision);
    // Appended for each op, for ops that share weights may differ in their input's scale.
    const inputs = [op.inputs[0]!, tensors.push({ ...weights, ...quantized.weights }) - 1];
    if (quantized.bias) inputs.push(tensors.push({ ...bias!, ...quantized.bias }) - 1);
    return { ...op, inputs } as AnyOp;
  });
  const nearest = { ...graph, tensors, ops };
  const { clusters } = precision;
  return clusters === undefined ? nearest : clusterGraph(graph, nearest, clusters);
}

function weightsOf(
  op: AnyOp,
  weights: Tensor,
  bias: Tensor | undefined,
  inputScale: number,
  { activations, weights: wanted, int4Sqnr }: Precision,
): QuantizedWeights {
  const { weights: axis, int4PerTensor } = quantizationRules[op.type]!;
  const biasType = activations === 'int16' ? 'int64' : 'int32';
  const as = (dtype: WeightsType) => {
    const scaled = dtype === 'int4' && int4PerTensor ? undefined : axis;
    return quantizeWeights(weights, bias, axis!, inputScale, {
      axis: scaled,
      weights: dtype,
      bias: biasType,
    });
  };
  if (wanted === 'int8') return as('int8');
  const int4 = as('int4');
  return (weightsSqnr(weights, int4.weights) ?? Infinity) < int4Sqnr ? as('int8') : int4;
}

/** Drops the float weights, and gives tensors of one origin names of their own. */
export function tidy(graph: Graph): Graph {
  const kept = removeUnusedTensors(graph);
  const unique = uniqueNames();
  return { ...kept, tensors: kept.tensors.map((tensor) => ({ ...tensor, name: unique(tensor.name) })) };
}
