/**
 * Many small graphs as one program, with each op once for every kernel that applies: what a board is told to time, layer by
 * layer. All inputs are views of a few large ones, so that the program fits into a board's RAM.
 */
import type { CostModel } from '../../codegen/cost/cost_model.js';
import { workOfOp } from '../../codegen/cost/work.js';
import { generate } from '../../codegen/generate.js';
import type { Layer } from '../../codegen/layer.js';
import { layerLabel } from '../../codegen/names.js';
import { lowerOp } from '../../codegen/ops/registry.js';
import { constantBytes } from '../../codegen/weights.js';
import type { Compiled } from '../../src/compile.js';
import { elementCount } from '../../src/graph/access.js';
import type { AnyOp, DType, Graph, Op, Tensor } from '../../src/graph/graph.js';
import { hashGraph } from '../../src/graph/hash.js';
import { plan } from '../../src/planner/planner.js';
import type { Target } from '../../targets/target.js';

/** A graph whose ops are to be measured, and the scratch that their kernels may have. */
export interface Specimen {
  readonly graph: Graph;
  readonly scratchBytes: number;
}

/** Constants of one program: some boards have 2 MB of flash for all there is. */
const mostConstants = 1_000_000;

/** How an op of a graph is lowered: so that one of the kernels that apply is taken. */
interface Lowering extends Specimen {
  readonly op: number;
  readonly packWeights: boolean;
  readonly cost: CostModel;
}

interface Choice extends Lowering {
  readonly layer: Layer;
}

/** Programs that together time everything, each with the layers that count. */
export function bundle(specimens: readonly Specimen[], target: Target): Compiled[] {
  const programs: Choice[][] = [[]];
  let bytes = 0;
  for (const choice of specimens.flatMap((specimen) => choicesOf(specimen, target))) {
    bytes += constantBytes(choice.layer.constants);
    if (bytes > mostConstants) {
      programs.push([]);
      bytes = 0;
    }
    programs.at(-1)!.push(choice);
  }
  return programs.map((choices, i) => program(choices, `cost_${i}`, target));
}

function choicesOf({ graph, scratchBytes }: Specimen, target: Target): Choice[] {
  return graph.ops.flatMap((_, op) => {
    const choices = new Map<string, Choice>();
    for (const packWeights of [false, true]) {
      const kernels = new Set<string>();
      const seen: CostModel = (kernel) => {
        kernels.add(kernel);
        return 1;
      };
      const { kernel, alias } = lowerAt({ graph, op, scratchBytes, packWeights, cost: seen }, target);
      if (alias !== undefined) return [];
      // Operators that have but one way do not ask what it takes.
      for (const wanted of kernels.size > 0 ? kernels : [kernel]) {
        const choice = { graph, op, scratchBytes, packWeights, cost: only(wanted) };
        const layer = lowerAt(choice, target);
        // Packed weights that are no smaller are never taken.
        if (layer.kernel === wanted && !choices.has(wanted)) choices.set(wanted, { ...choice, layer });
      }
    }
    return [...choices.values()];
  });
}

const only =
  (wanted: string): CostModel =>
  (kernel) =>
    kernel === wanted ? 0 : 1;

function lowerAt({ graph, op: index, ...rest }: Lowering, { capabilities }: Target): Layer {
  const op = graph.ops[index]!;
  const work = workOfOp(op, graph);
  const label = layerLabel(graph, index);
  return { work, ...lowerOp(op as Op, graph, { ...rest, capabilities, work, label, index }) };
}

/** What a graph of many: the inputs of each are views of what all share, whatever their shape; no pass looks at it. */
function program(choices: readonly Choice[], name: string, target: Target): Compiled {
  const tensors: Tensor[] = [];
  const ops: AnyOp[] = [];
  const shared = new Map<DType, number>();
  for (const { graph } of choices) {
    for (const t of graph.inputs) {
      const { dtype, shape } = graph.tensors[t]!;
      const at = shared.get(dtype) ?? tensors.push({ name: `all_${dtype}`, dtype, shape: [0] }) - 1;
      shared.set(dtype, at);
      const [count = 0] = tensors[at]!.shape;
      tensors[at] = { ...tensors[at]!, shape: [Math.max(count, elementCount(shape))] };
    }
  }
  const wanted = new Map<number, Choice>();
  for (const choice of choices) {
    const { graph } = choice;
    const op = graph.ops[choice.op]!;
    const copies = new Map<number, number>();
    const copy = (t: number) => {
      if (t < 0) return t;
      const at = copies.get(t) ?? tensors.push(graph.tensors[t]!) - 1;
      copies.set(t, at);
      return at;
    };
    for (const t of new Set(op.inputs)) {
      const { data, initial, dtype } = graph.tensors[t] ?? {};
      if (t < 0 || data || initial) continue;
      const from = shared.get(dtype!);
      if (from === undefined) throw new Error(`"${op.name}" reads what another op makes, of another dtype`);
      const view = { type: 'RESHAPE', name: `view_${ops.length}`, attributes: {} } as const;
      ops.push({ ...view, inputs: [from], outputs: [copy(t)] });
    }
    wanted.set(ops.length, choice);
    const name = `op_${ops.length}`;
    ops.push({ ...op, name, inputs: op.inputs.map(copy), outputs: op.outputs.map(copy) } as AnyOp);
  }
  const graph: Graph = { name, tensors, ops, inputs: [...shared.values()], outputs: [] };
  const layers = ops.map((_, i) => {
    const view = { scratchBytes: 0, packWeights: false, cost: only('') };
    return lowerAt({ ...view, ...wanted.get(i), graph, op: i }, target);
  });
  const arena = plan(layers, graph, { alignment: target.alignment });
  const hash = hashGraph(graph);
  const sources = generate({ graph, layers, plan: arena, target, prefix: name, hash });
  return { graph, layers, plan: arena, sources, hash, packWeights: true };
}
