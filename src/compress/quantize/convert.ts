/** The float graph and the parameters of its activations → the integer graph. */
import { inputTensor, optionalInput } from '../../graph/access.js';
import type { AnyOp, Graph, Op, Quantization, Tensor, TensorData } from '../../graph/graph.js';
import { uniqueNames } from '../../graph/names.js';
import {
  quantizationRules,
  type WeightsRule,
  weightsRulesOf,
  wideStates,
} from '../../ops/quantization_rules.js';
import { definitionOf } from '../../ops/registry.js';
import { removeUnusedTensors } from '../../passes/remove_unused_tensors.js';
import { clusterGraph } from './cluster.js';
import { isBridge, islandsOf } from './islands.js';
import { type ActivationType, quantizeValues } from './parameters.js';
import { quantizeTimeWeights } from './time_weights.js';
import { type QuantizedWeights, quantizeWeights, type WeightsType, weightsSqnr } from './weights.js';

export interface Precision {
  readonly activations: ActivationType;
  readonly weights: WeightsType;
  /** Layers whose int4 weights would have a lower SQNR than this, in dB, keep int8. */
  readonly int4Sqnr: number;
  /** At most so many distinct weights in a layer. */
  readonly clusters?: number;
}

/** Same ops in the same order, bridges as QUANTIZE and DEQUANTIZE; activations at the same indices. @param graph by `prepare` */
export function convert(
  graph: Graph,
  parameters: ReadonlyMap<number, Quantization>,
  precision: Precision,
): Graph {
  const dtype = precision.activations;
  const wide = wideStates(graph);
  const tensors: Tensor[] = graph.tensors.map((tensor, i) => {
    const quantization = parameters.get(i);
    if (!quantization) return tensor;
    const { name, shape, data, initial } = tensor;
    const own = wide.has(i) ? 'int16' : dtype;
    const quantized = (values: TensorData) => quantizeValues(values as Float32Array, quantization, own);
    return {
      name,
      shape,
      dtype: own,
      quantization,
      ...(data && { data: quantized(data) }),
      ...(initial && { initial: quantized(initial) }),
    };
  });
  const islands = islandsOf(graph, dtype);
  const ops = graph.ops.map((op): AnyOp => {
    if (islands.ops.has(op)) return op;
    if (isBridge(graph, op, islands)) {
      const type = parameters.has(op.outputs[0]!) ? 'QUANTIZE' : 'DEQUANTIZE';
      return { ...op, type, attributes: {} };
    }
    const inputs = [...op.inputs];
    for (const rule of weightsRulesOf(op)) {
      const [weights, bias] = [inputTensor(graph, op as Op, rule.weights), biasOf(graph, op, rule)];
      const inputScale = parameters.get(op.inputs[rule.input]!)!.scale[0]!;
      const quantized = weightsOf(op, rule, weights, bias, inputScale, precision);
      // Appended for each op, for ops that share weights may differ in their input's scale.
      inputs[rule.weights] = tensors.push({ ...weights, ...quantized.weights }) - 1;
      if (quantized.bias) inputs[rule.bias!] = tensors.push({ ...bias!, ...quantized.bias }) - 1;
    }
    return { ...op, inputs } as AnyOp;
  });
  const nearest = { ...graph, tensors, ops };
  const { clusters } = precision;
  return clusters === undefined ? nearest : clusterGraph(graph, nearest, clusters);
}

function biasOf(graph: Graph, op: AnyOp, { bias }: WeightsRule): Tensor | undefined {
  return bias === undefined ? undefined : optionalInput(graph, op as Op, bias);
}

function weightsOf(
  op: AnyOp,
  { axis, int16 }: WeightsRule,
  weights: Tensor,
  bias: Tensor | undefined,
  inputScale: number,
  { activations, weights: wanted, int4Sqnr }: Precision,
): QuantizedWeights {
  if (int16 && op.type === 'SVDF') {
    return quantizeTimeWeights(weights, bias, inputScale, op.attributes.rank);
  }
  const biasType = activations === 'int16' ? 'int64' : 'int32';
  const as = (dtype: WeightsType) => {
    const scaled = dtype === 'int4' && quantizationRules[op.type]!.int4PerTensor ? undefined : axis;
    return quantizeWeights(weights, bias, axis ?? 0, inputScale, {
      axis: scaled,
      weights: dtype,
      bias: biasType,
    });
  };
  const kernel = definitionOf(op as Op).supports.some((c) => c.input === activations && c.weights === 'int4');
  if (wanted === 'int8' || !kernel) return as('int8');
  const int4 = as('int4');
  return (weightsSqnr(weights, int4.weights) ?? Infinity) < int4Sqnr ? as('int8') : int4;
}

/** Drops the float weights, and gives tensors of one origin names of their own. */
export function tidy(graph: Graph): Graph {
  const kept = removeUnusedTensors(graph);
  const unique = uniqueNames();
  return { ...kept, tensors: kept.tensors.map((tensor) => ({ ...tensor, name: unique(tensor.name) })) };
}
