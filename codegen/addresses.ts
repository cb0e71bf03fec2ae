/** Where the planner put a layer's tensors, as C expressions; notes on the way what the layer uses. */
import type { AnyOp, Graph } from '../src/graph/graph.js';
import type { Plan } from '../src/planner/plan.js';
import type { Addresses, Layer } from './layer.js';
import { arenaPointer, ctypeOf } from './literals.js';
import { readRowFunction } from './names.js';
import type { ConstantPool } from './weights.js';

export interface LayerUses {
  /** Kernel functions called, with `crimp_`. */
  readonly kernels: Set<string>;
}

export function addressesOf(
  layer: Layer,
  symbol: string,
  { graph, plan, prefix, pool }: { graph: Graph; plan: Plan; prefix: string; pool: ConstantPool },
  uses: LayerUses,
): Addresses {
  const op: AnyOp = graph.ops[layer.op]!;
  const inArena = (type: string, offset: number) => arenaPointer(prefix, type, offset);
  const tensor = (index: number, access: string) => {
    const { dtype } = graph.tensors[index]!;
    const placement = plan.tensors[index];
    if (!placement) throw new Error(`tensor ${index} of op ${layer.op} has no place in the arena`);
    return inArena(access + ctypeOf[dtype], placement.offset);
  };
  return {
    symbol,
    input(i) {
      const index = op.inputs[i] ?? -1;
      const { data } = graph.tensors[index] ?? {};
      return data ? pool.tensor(index) : tensor(index, 'const ');
    },
    output: (i) => tensor(op.outputs[i] ?? -1, ''),
    state(i) {
      const index = op.inputs[i] ?? -1;
      if (!graph.tensors[index]?.initial) throw new Error(`input ${i} of op ${layer.op} is no state`);
      return tensor(index, '');
    },
    scratch(ctype, offset = 0) {
      const placement = plan.scratch[layer.op];
      if (!placement) throw new Error(`op ${layer.op} asked for no scratch`);
      return inArena(ctype, placement.offset + offset);
    },
    readRow: (i) => readRowFunction(prefix, graph.inputs.indexOf(op.inputs[i]!), graph.inputs.length),
    constant: (name) => pool.symbol(name),
    kernel(name) {
      uses.kernels.add(name);
      return name.replace(/^crimp_/, `${prefix}_`);
    },
  };
}
