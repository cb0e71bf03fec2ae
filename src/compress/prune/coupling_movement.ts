/** Which channels go together where an operator only moves values: those of one place before and after. */
import { inputTensor, outputTensor } from '../../graph/access.js';
import type { AnyOp, Graph, Op, OpType } from '../../graph/graph.js';
import { gatherAxis } from '../../ops/gather.js';
import { packAxis } from '../../ops/pack.js';
import { reversedAxes } from '../../ops/reverse_v2.js';
import { sliceBegin } from '../../ops/slice.js';
import { splitAxis } from '../../ops/split.js';
import { slicesOf } from '../../ops/strided_slice.js';
import { permutationOf } from '../../ops/transpose.js';
import { unpackAxis } from '../../ops/unpack.js';
import { type Coupler, fixAll, lastAxis, sameChannels } from './coupler.js';

/** Whether the values of a channel stay in their channel. */
type Keeps<T extends OpType> = (op: Op<T>, graph: Graph) => boolean;

const lastOf = (op: Op, graph: Graph, i = 0) => inputTensor(graph, op, i).shape.length - 1;

/** Of operators with one input of values, the first unless they say another, whatever the number of outputs. */
const keeping: { readonly [T in OpType]?: Keeps<T> } = {
  BATCH_TO_SPACE_ND: (op, graph) => inputTensor(graph, op, 1).shape[0]! < lastOf(op as Op, graph),
  EXPAND_DIMS: () => true,
  GATHER: (op, graph) => gatherAxis(op, graph) !== lastOf(op as Op, graph),
  REVERSE_V2: (op, graph) => !reversedAxes(op, graph).includes(lastOf(op as Op, graph)),
  // A size of its own would have to shrink with the channels.
  SLICE: (op, graph) =>
    sliceBegin(op, graph).at(-1) === 0 && Number(inputTensor(graph, op, 2).data!.at(-1)) === -1,
  SPACE_TO_BATCH_ND: (op, graph) => inputTensor(graph, op, 1).shape[0]! < lastOf(op as Op, graph),
  // Without names the op would take a last channel away with the axes.
  SQUEEZE: (op) => (op.attributes.squeezeDims?.length ?? 0) > 0,
  STRIDED_SLICE(op, graph) {
    const last = slicesOf(op, graph)!.axes.at(-1);
    const whole = last?.stride === 1 && last.count === inputTensor(graph, op).shape.at(-1);
    return whole && !last.shrink && op.attributes.newAxisMask === 0;
  },
  TILE: (op, graph) => Number(inputTensor(graph, op, 1).data!.at(-1)) === 1,
  TRANSPOSE: (op, graph) => permutationOf(op, graph).at(-1) === lastOf(op as Op, graph),
  UNPACK: (op, graph) => unpackAxis(op, graph) !== lastOf(op as Op, graph),
};

/** Where channels stay channels, all outputs have the input's; elsewhere all channels stay. */
export function coupleMoved(op: AnyOp, graph: Graph, coupler: Coupler): void {
  const keeps = keeping[op.type] as Keeps<OpType> | undefined;
  if (keeps?.(op as Op, graph)) {
    for (const output of op.outputs) coupler.unite(lastAxis(graph, op.inputs[0]!), lastAxis(graph, output));
  } else fixAll(op, graph, coupler);
}

/** Along the channels, each part keeps the same of its own, so that the parts stay equal. */
export function coupleSplit(op: AnyOp, graph: Graph, { match, unite }: Coupler): void {
  const input = lastAxis(graph, op.inputs[1]!);
  const apart = splitAxis(op as Op<'SPLIT'>, graph) === input.axis;
  const part = outputTensor(graph, op as Op).shape.at(-1)!;
  op.outputs.forEach((t, i) => {
    const output = lastAxis(graph, t);
    match(output, input, (channel) => (apart ? i * part : 0) + channel);
    unite(output, lastAxis(graph, op.outputs[0]!));
  });
}

export function couplePack(op: AnyOp, graph: Graph, coupler: Coupler): void {
  const output = lastAxis(graph, op.outputs[0]!);
  if (packAxis(op as Op<'PACK'>, graph) === output.axis) fixAll(op, graph, coupler);
  else for (const t of op.inputs) coupler.unite(lastAxis(graph, t), output);
}

/** The side of many channels has those of the other for each pixel of a block. */
export function coupleBlocks(op: AnyOp, graph: Graph, { match }: Coupler): void {
  const [input, output] = [lastAxis(graph, op.inputs[0]!), lastAxis(graph, op.outputs[0]!)];
  const [deep, wide] = op.type === 'SPACE_TO_DEPTH' ? [output, input] : [input, output];
  const channels = graph.tensors[wide.tensor]!.shape.at(-1)!;
  match(deep, wide, (i) => i % channels);
}

/** Mirrored pixels bring their channels; a value of padding that is not 0 would be lost with them. */
export function couplePadded(op: AnyOp, graph: Graph, coupler: Coupler): void {
  const paddings = inputTensor(graph, op as Op, 1).data!;
  const outside = Number(paddings.at(-2)) !== 0 || Number(paddings.at(-1)) !== 0;
  const value = op.type === 'PADV2' ? inputTensor(graph, op as Op, 2).data?.[0] : 0;
  if (outside || Number(value) !== 0) fixAll(op, graph, coupler);
  else sameChannels(op, graph, coupler);
}
