/** What is in a model, what it costs on a target, and what stands in the way. */
import { host } from '../../targets/host.js';
import type { Target } from '../../targets/target.js';
import { type Compiled, type CompileOptions, checkFit, compile } from '../compile.js';
import { CrimpError, type Diagnostic } from '../diagnostics.js';
import { byteSize, elementCount, isState } from '../graph/access.js';
import type { AnyOp, DType, Graph, Normalization, Op, Shape, Tensor } from '../graph/graph.js';
import { macsOf } from '../ops/registry.js';
import { type Prediction, predictCycles } from '../predict.js';
import { bytes, type Column, count, milliseconds, percent, plural, shorten, table } from './table.js';

export interface OpAnalysis {
  readonly index: number;
  readonly name: string;
  /** TFLite's name, also of operators that crimp does not know. */
  readonly type: string;
  readonly supported: boolean;
  /** 0 for an op that is not supported. */
  readonly macs: number;
  /** Shapes; null is an absent optional input. */
  readonly inputs: readonly (Shape | null)[];
  readonly outputs: readonly Shape[];
  /** Of the first output. */
  readonly dtype: DType;
  /** Weights and biases, elements. */
  readonly params: number;
  /** Weights and biases, bytes as the model stores them. */
  readonly weightsBytes: number;
}

/** A layer as it is emitted: passes may have made several ops one, or taken some away. */
export interface LayerAnalysis {
  readonly name: string;
  readonly type: string;
  /** `mul32/conv_2d_s8` */
  readonly kernel: string;
  readonly macs: number;
  /** As predicted, in what the target counts; null for a kernel that was never measured on its core. */
  readonly cycles: number | null;
}

export interface IoAnalysis {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  /** Per-tensor quantization, for integer tensors. */
  readonly scale?: number;
  readonly zeroPoint?: number;
  /** How values of data files become the input's; only where the model records it. */
  readonly normalization?: Normalization;
}

export interface RowChainAnalysis {
  readonly layers: number;
  /** Names of the first op and of the last. */
  readonly from: string;
  readonly to: string;
  /** The program gives the input of the model row by row, and it is not in the arena. */
  readonly byRows: boolean;
}

export interface Analysis {
  readonly name: string;
  readonly target: string;
  readonly inputs: readonly IoAnalysis[];
  readonly outputs: readonly IoAnalysis[];
  /** Their names by label, where the model records them. */
  readonly classes: readonly string[] | null;
  readonly ops: readonly OpAnalysis[];
  /** What an inference will take, layer by layer; null while the model cannot be compiled, and where nothing is known of the target. */
  readonly predicted: (Omit<Prediction, 'layers'> & { readonly layers: readonly LayerAnalysis[] }) | null;
  readonly params: number;
  readonly macs: number;
  /** All constants of the emitted C, bytes; those of the model while the model cannot be compiled. */
  readonly weightsBytes: number;
  /** Peak RAM of one inference, bytes; null while the model cannot be compiled. */
  readonly arenaBytes: number | null;
  /** Chains of layers, after passes, that are computed row by row for a smaller arena. */
  readonly rowChains: readonly RowChainAnalysis[];
  /** Of the arena: what is kept between inferences. */
  readonly stateBytes: number;
  /** Ops that cannot be compiled, each with every reason. */
  readonly unsupported: readonly { index: number; name: string; type: string; reasons: string[] }[];
  /** Everything else that stands in the way: of the file, of tensors, of the target's memory. */
  readonly problems: readonly Diagnostic[];
  /** The model can be compiled, and arena and constants fit the target. */
  readonly fits: boolean;
}

/** @param diagnostics those of `inspectModel`, which tell what of the graph is sound */
export function analyze(
  graph: Graph,
  diagnostics: readonly Diagnostic[],
  target: Target = host,
  options: CompileOptions = {},
): Analysis {
  const errors = diagnostics.filter((d) => d.severity === 'error');
  const compiled = errors.length > 0 ? { problems: errors } : compileFor(graph, target, options);
  const { problems } = compiled;
  const reasons = graph.ops.map((op, index) => reasonsOf(op, index, problems));
  const ops = graph.ops.map((op, index) => analyzeOp(op, index, graph, reasons[index]!.length === 0));
  const weights = new Set(graph.ops.flatMap((op) => parametersOf(op, graph)));
  const sum = (of: (tensor: Tensor) => number) => [...weights].reduce((n, tensor) => n + of(tensor), 0);
  return {
    name: graph.name,
    target: target.name,
    inputs: graph.inputs.flatMap((t, i) => analyzeIo(graph.tensors[t], graph.normalization?.[i])),
    outputs: graph.outputs.flatMap((t) => analyzeIo(graph.tensors[t])),
    classes: graph.classes ?? null,
    ops,
    predicted: compiled.predicted ?? null,
    params: sum((tensor) => elementCount(tensor.shape)),
    macs: ops.reduce((n, op) => n + op.macs, 0),
    weightsBytes: compiled.weightsBytes ?? sum(byteSize),
    arenaBytes: compiled.arenaBytes ?? null,
    rowChains: compiled.rowChains ?? [],
    stateBytes: graph.tensors.reduce((n, t) => n + (isState(t) ? byteSize(t) : 0), 0),
    unsupported: ops
      .filter((op) => !op.supported)
      .map(({ index, name, type }) => ({ index, name, type, reasons: reasons[index]! })),
    problems: problems.filter((d) => d.where?.op === undefined),
    fits: problems.length === 0,
  };
}

/** Why an op cannot be compiled: its own problems and those of its tensors. */
function reasonsOf(op: AnyOp, index: number, problems: readonly Diagnostic[]): string[] {
  const touched = new Set([...op.inputs, ...op.outputs]);
  return problems.flatMap(({ where, message }) => {
    if (where?.op) return where.op.index === index ? [message] : [];
    return where?.tensor && touched.has(where.tensor.index)
      ? [`its tensor "${where.tensor.name}" ${message}`]
      : [];
  });
}

/** The sizes that `generate` and `build` will have, and what does not fit. */
function compileFor(graph: Graph, target: Target, options: CompileOptions) {
  try {
    const compiled = compile(graph, target, options);
    const { weightsBytes, arenaBytes } = compiled.sources;
    const rowChains = compiled.graph.ops.flatMap((op) =>
      op.type === 'ROW_CHAIN' ? [chainAnalysis(op)] : [],
    );
    const problems = checkFit(compiled.sources, target);
    return { weightsBytes, arenaBytes, rowChains, problems, predicted: predictedLayers(compiled, target) };
  } catch (thrown) {
    if (thrown instanceof CrimpError) return { problems: thrown.diagnostics };
    throw thrown;
  }
}

function chainAnalysis({ attributes: { ops, byRows } }: Op<'ROW_CHAIN'>): RowChainAnalysis {
  return { layers: ops.length, from: ops[0]!.name, to: ops.at(-1)!.name, byRows };
}

function predictedLayers(compiled: Compiled, target: Target) {
  const prediction = predictCycles(compiled, target);
  if (!prediction) return undefined;
  const layers = compiled.sources.layers.map(
    ({ op, name, type, kernel, macs }): LayerAnalysis => ({
      ...{ name, type, kernel, macs },
      cycles: prediction.layers[op] ?? null,
    }),
  );
  return { ...prediction, layers };
}

function analyzeOp(op: AnyOp, index: number, graph: Graph, supported: boolean): OpAnalysis {
  const parameters = parametersOf(op, graph);
  const shapeOf = (t: number) => graph.tensors[t]?.shape ?? null;
  return {
    index,
    name: op.name,
    type: op.type === 'UNSUPPORTED' ? op.attributes.builtin : op.type,
    supported,
    macs: supported ? macsOf(op, graph) : 0,
    inputs: op.inputs.map(shapeOf),
    outputs: op.outputs.map((t) => shapeOf(t) ?? []),
    dtype: graph.tensors[op.outputs[0] ?? -1]?.dtype ?? 'float32',
    params: parameters.reduce((n, tensor) => n + elementCount(tensor.shape), 0),
    weightsBytes: parameters.reduce((n, tensor) => n + byteSize(tensor), 0),
  };
}

/** Weights and biases; not the axes, paddings and shapes that some ops take as constant integers. */
function parametersOf(op: AnyOp, graph: Graph): Tensor[] {
  return op.inputs.flatMap((t) => {
    const tensor = graph.tensors[t];
    return tensor?.data && (tensor.dtype === 'float32' || tensor.quantization) ? [tensor] : [];
  });
}

function analyzeIo(tensor: Tensor | undefined, normalization?: Normalization | null): IoAnalysis[] {
  if (!tensor) return [];
  const { name, dtype, shape, quantization } = tensor;
  const parameters = quantization && { scale: quantization.scale[0], zeroPoint: quantization.zeroPoint[0] };
  return [{ name, dtype, shape, ...parameters, ...(normalization && { normalization }) }];
}

/** `(x − 127.5) / 127.5`; of many channels the first. */
function normalizationText({ mean, std }: Normalization): string {
  const formula = `(x ${mean[0]! < 0 ? '+' : '−'} ${Math.abs(mean[0]!)}) / ${std[0]}`;
  return mean.length === 1 ? formula : `${formula} in channel 0 of ${mean.length}`;
}

/** 0.5847029: as many digits as tell a float32 from its neighbours. */
function float32Text(value: number): string {
  let text = '';
  for (let digits = 1; digits <= 9 && Math.fround(Number(text || Number.NaN)) !== value; digits++) {
    text = value.toPrecision(digits);
  }
  return String(Number(text));
}

export function formatAnalysis(analysis: Analysis): string {
  const io = ({ name, dtype, shape, scale, zeroPoint, normalization }: IoAnalysis) =>
    [
      `${name}: ${dtype} [${shape.join(', ')}]`,
      ...(scale === undefined ? [] : [`scale ${float32Text(scale)}`, `zero point ${zeroPoint}`]),
      ...(normalization ? [`of data x as ${normalizationText(normalization)}`] : []),
    ].join(', ');
  const rows = analysis.ops.map((op) => [
    op.index,
    op.type,
    op.outputs[0] ? `${op.dtype} [${op.outputs[0].join(', ')}]` : '',
    op.macs === 0 ? '' : count(op.macs),
    op.weightsBytes === 0 ? '' : count(op.weightsBytes),
    op.supported ? '' : 'not supported',
  ]);
  const partly = analysis.unsupported.length > 0 ? ' (of the supported ones)' : '';
  const right = 'right' as const;
  return [
    ...analysis.inputs.map((i) => `input   ${io(i)}`),
    ...analysis.outputs.map((o) => `output  ${io(o)}`),
    ...(analysis.classes ? [`classes ${analysis.classes.join(', ')}`] : []),
    '',
    table(
      [
        { title: '#', align: right },
        { title: 'type' },
        { title: 'output' },
        { title: 'MACs', align: right },
        { title: 'weights B', align: right },
        { title: '' },
      ],
      rows,
    ),
    '',
    ...(analysis.predicted ? [formatPrediction(analysis.predicted), ''] : []),
    `${plural(analysis.ops.length, 'op')}, ${count(analysis.macs)} MACs${partly}, ${count(analysis.params)} parameters`,
    `flash: ${bytes(analysis.weightsBytes)} of constants`,
    analysis.arenaBytes === null
      ? 'RAM: known once everything is supported'
      : `RAM: ${bytes(analysis.arenaBytes)} of arena${stateOf(analysis)}`,
    ...analysis.rowChains.map(
      ({ layers, from, to, byRows }) =>
        `     ${layers} layers from "${shorten(from)}" to "${shorten(to)}" row by row${byRows ? ', the input given row by row' : ''}`,
    ),
    ...(analysis.predicted ? [latencyOf(analysis.predicted)] : []),
    ...analysis.unsupported.flatMap((op) =>
      op.reasons.map((r) => `op ${op.index} ${op.type} "${op.name}": ${r}`),
    ),
    ...analysis.problems.map(
      (p) =>
        `${p.where?.tensor ? `tensor ${p.where.tensor.index} "${p.where.tensor.name}" ` : ''}${p.message}`,
    ),
    verdict(analysis),
  ].join('\n');
}

type Predicted = NonNullable<Analysis['predicted']>;

function formatPrediction({ counts, cycles, layers }: Predicted): string {
  const columns: Column[] = [
    { title: 'layer' },
    { title: 'kernel' },
    { title: 'MACs', align: 'right' },
    { title: `predicted ${counts}`, align: 'right' },
    { title: 'share', align: 'right' },
  ];
  const rows = layers.map((layer) => [
    layer.type,
    layer.kernel,
    layer.macs === 0 ? '' : count(layer.macs),
    layer.cycles === null ? 'unknown' : count(layer.cycles),
    layer.cycles === null ? '' : percent(layer.cycles / Math.max(1, cycles)),
  ]);
  return table(columns, rows);
}

function latencyOf({ counts, cycles, microseconds, layers }: Predicted): string {
  const unknown = layers.filter((layer) => layer.cycles === null).length;
  const time = microseconds === undefined ? '' : `, ${milliseconds(microseconds)} without flash wait states`;
  const rest = unknown === 0 ? '' : `, and ${plural(unknown, 'layer')} whose kernels were never measured`;
  return `an inference: about ${count(cycles)} ${counts}${time}${rest}`;
}

function stateOf({ stateBytes }: Analysis): string {
  return stateBytes > 0 ? `, ${bytes(stateBytes)} of them state` : '';
}

function verdict({ fits, arenaBytes, target, unsupported }: Analysis): string {
  if (fits) return `fits ${target}`;
  if (arenaBytes !== null) return `does not fit ${target}`;
  const list = unsupported.length > 0 ? '; `crimp supported-ops` lists what can be' : '';
  return `cannot be compiled for ${target}${list}`;
}
