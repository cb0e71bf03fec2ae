/**
 * Many small graphs as one program, with each op once for every kernel that applies: what a board is told to time, layer by
 * layer. All inputs are views of a few large ones, so that the program fits into a board's RAM.
 */
import type { CostModel } from '../../codegen/cost/cost_model.js';
import { workOfOp } from '../../codegen/cost/work.js';
import { generate } from '../../codegen/generate.js';
import type { Layer } from '../../codegen/layer.js';
import { lowerOp } from '../../codegen/ops/registry.js';
import { constantBytes } from '../../codegen/weights.js';
import type { Compiled } from '../../src/compile.js';
import { elementCount, isConstant, isState } from '../../src/graph/access.js';
import type { AnyOp, DType, Graph, Op, Tensor } from '../../src/graph/graph.js';
import { hashGraph } from '../../src/graph/hash.js';
import { plan } from '../../src/planner/planner.js';
import type { Target } from '../../targets/target.js';

/** A graph whose ops are to be measured, and the scratch that their kernels may have. */
export interface Specimen {
  readonly graph: Graph;
  readonly scratchBytes: number;
}

/** Constants of one program: some boards have 2 MB of flash for all there is, and some jumps reach 1 MB. */
const mostConstants = 400_000;

/** An op of a graph as one of the kernels that apply computes it. */
interface Choice {
  readonly graph: Graph;
  readonly layer: Layer;
}

/** Programs that together time everything, types apart. */
export function bundle(specimens: readonly Specimen[], target: Target): Compiled[] {
  const programs: Choice[][] = [];
  const choices = specimens.flatMap((specimen, i) => choicesOf(specimen, `of_${i}`, target));
  for (const dtype of new Set(choices.map(dtypeOf))) {
    let bytes = Number.POSITIVE_INFINITY;
    for (const choice of choices.filter((c) => dtypeOf(c) === dtype)) {
      bytes += constantBytes(choice.layer.constants);
      if (bytes > mostConstants) {
        programs.push([]);
        bytes = 0;
      }
      programs.at(-1)!.push(choice);
    }
  }
  return programs.map((list, i) => program(list, `cost_${i}`, target));
}

/** Of the first input. */
function dtypeOf({ graph, layer }: Choice): DType | undefined {
  return graph.tensors[graph.ops[layer.op]!.inputs[0] ?? -1]?.dtype;
}

function choicesOf({ graph, scratchBytes }: Specimen, name: string, { capabilities }: Target): Choice[] {
  const lowerBy = (index: number, packWeights: boolean, cost: CostModel, label: string): Layer => {
    const op = graph.ops[index]!;
    const work = workOfOp(op, graph);
    const context = { capabilities, scratchBytes, packWeights, cost, work, label, index };
    return { work, ...lowerOp(op as Op, graph, context) };
  };
  return graph.ops.flatMap((_, index) => {
    const kernels = new Set<string>();
    const seen: CostModel = (kernel) => {
      kernels.add(kernel);
      return 1;
    };
    const first = lowerBy(index, true, seen, `${name}_${index}`);
    if (first.alias !== undefined) return [];
    // Operators that have but one way do not ask what it takes.
    if (kernels.size === 0) return [{ graph, layer: first }];
    return [...kernels].flatMap((wanted, k) => {
      const only: CostModel = (kernel) => (kernel === wanted ? 0 : Number.POSITIVE_INFINITY);
      for (const packWeights of [false, true]) {
        const layer = lowerBy(index, packWeights, only, `${name}_${index}_${k}`);
        if (layer.kernel === wanted) return [{ graph, layer }];
      }
      // Packed weights that are no smaller are never taken.
      return [];
    });
  });
}

const view = {
  kernel: 'portable/alias',
  alias: 0,
  scratchBytes: 0,
  overlaps: [],
  constants: [],
  sources: [],
};

/** All in one graph: the inputs of each are views of what they share, whatever its shape; no pass looks at it. */
function program(choices: readonly Choice[], name: string, target: Target): Compiled {
  const tensors: Tensor[] = [];
  const ops: AnyOp[] = [];
  const layers: Layer[] = [];
  const shared = sharedInputs(choices, tensors);
  for (const { graph, layer } of choices) {
    const op = graph.ops[layer.op]!;
    const copies = new Map<number, number>();
    const copy = (t: number) => {
      const at = t < 0 ? t : (copies.get(t) ?? tensors.push(graph.tensors[t]!) - 1);
      copies.set(t, at);
      return at;
    };
    for (const t of new Set(op.inputs)) {
      if (t < 0 || isConstant(graph.tensors[t]!) || isState(graph.tensors[t]!)) continue;
      layers.push({ ...view, op: ops.length, emit: () => {} });
      const inputs = [shared.get(graph.tensors[t]!.dtype)!];
      ops.push({ type: 'RESHAPE', name: `view_${ops.length}`, attributes: {}, inputs, outputs: [copy(t)] });
    }
    layers.push({ ...layer, op: ops.length });
    const tensorsOf = { inputs: op.inputs.map(copy), outputs: op.outputs.map(copy) };
    ops.push({ ...op, name: `op_${ops.length}`, ...tensorsOf } as AnyOp);
  }
  const graph: Graph = { name, tensors, ops, inputs: [...shared.values()], outputs: [] };
  const arena = plan(layers, graph, { alignment: target.alignment });
  const hash = hashGraph(graph);
  const sources = generate({ graph, layers, plan: arena, target, prefix: name, hash });
  return { graph, layers, plan: arena, sources, hash, packWeights: true };
}

/** For each type one input, as large as the largest that any op reads. */
function sharedInputs(choices: readonly Choice[], tensors: Tensor[]): Map<DType, number> {
  const sizes = new Map<DType, number>();
  for (const { graph, layer } of choices) {
    for (const t of graph.ops[layer.op]!.inputs) {
      const tensor = graph.tensors[t];
      if (!tensor || isConstant(tensor) || isState(tensor)) continue;
      sizes.set(tensor.dtype, Math.max(sizes.get(tensor.dtype) ?? 0, elementCount(tensor.shape)));
    }
  }
  return new Map(
    [...sizes].map(([dtype, count]) => [
      dtype,
      tensors.push({ name: `all_${dtype}`, dtype, shape: [count] }) - 1,
    ]),
  );
}
