/** PREFIX_weights.h: every constant of a model, each distinct one once. */
import type { Graph } from '../src/graph/graph.js';
import type { Constant } from './layer.js';
import { ctypeOf, literals, sizeOf } from './literals.js';
import { describe } from './model_header.js';
import { Printer } from './printer.js';

/** Gathers constants while layers are printed; hands out their symbols. */
export interface ConstantPool {
  add(constant: Constant): void;
  /** Symbol of a layer's own constant. */
  symbol(name: string): string;
  /** Symbol of a constant tensor of the graph, added when first asked for. */
  tensor(index: number): string;
  readonly constants: readonly Constant[];
}

export function constantPool(graph: Graph, prefix: string): ConstantPool {
  const constants: Constant[] = [];
  const symbols = new Map<string, string>();
  const byContent = new Map<string, string>();
  const pool: ConstantPool = {
    constants,
    add(constant) {
      const { ctype, align, data, name } = constant;
      if (symbols.has(name)) throw new Error(`constant ${name} is defined twice`);
      const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
      const content = `${ctype} ${align} ${bytes.toString('latin1')}`;
      const shared = byContent.get(content);
      if (!shared) constants.push(constant);
      const symbol = shared ?? `${prefix}_${name}`;
      byContent.set(content, symbol);
      symbols.set(name, symbol);
    },
    symbol(name) {
      const symbol = symbols.get(name);
      if (!symbol) throw new Error(`there is no constant ${name}`);
      return symbol;
    },
    tensor(index) {
      const name = `tensor_${index}`;
      const tensor = graph.tensors[index]!;
      if (!symbols.has(name)) {
        const ctype = ctypeOf[tensor.dtype];
        const align = Math.max(4, sizeOf(ctype));
        pool.add({
          name,
          ctype,
          data: tensor.data!,
          comment: `"${tensor.name}", ${describe(tensor)}`,
          align,
        });
      }
      return pool.symbol(name);
    },
  };
  return pool;
}

/** Bytes of the arrays as sizeof counts them, without what a linker pads between them. */
export function constantBytes(constants: readonly Constant[]): number {
  return constants.reduce((n, c) => n + c.data.length * sizeOf(c.ctype), 0);
}

export function weightsHeader(constants: readonly Constant[], prefix: string): string {
  const out = new Printer();
  out.comment(`Constants of ${prefix}, written by crimp. Included by ${prefix}.c alone.`);
  out.line('#include <stdint.h>');
  for (const constant of constants) {
    out.line().comment(constant.comment);
    const { ctype, align, name, data } = constant;
    const upper = prefix.toUpperCase();
    const aligned = align > sizeOf(ctype) ? `${upper}_ALIGNED(${align}) ` : '';
    out.array(`${upper}_CONSTANT ${aligned}${ctype} ${prefix}_${name}[${data.length}]`, literals(constant));
  }
  return out.toString();
}
