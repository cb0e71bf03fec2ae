/**
 * The portable kernels of operators that turn each value into another by itself: int8 by a table (lookup.c), float32 by
 * a function of one value (apply_f32.c) or a loop of its own, int16 by a loop of its own.
 */
import type { Graph, Op, OpType } from '../../../src/graph/graph.js';
import type { ElementwiseParameters } from '../../../src/ops/elementwise.js';
import { elementWiseOverlaps } from '../../element_wise.js';
import { chooseKernel, type Kernel } from '../../kernel.js';
import type { Addresses, Constant, Layer, LowerContext, OpEmitter } from '../../layer.js';
import type { Printer } from '../../printer.js';
import { lookupLayer } from './lookup.js';

export interface ElementwiseSources<T extends OpType, Int16> {
  /** crimp_NAME in FILE.c, NAME.c unless given: a function of one value, or a loop if it takes arguments after the count. */
  readonly float32: {
    readonly name: string;
    readonly file?: string;
    readonly arguments?: (op: Op<T>) => readonly string[];
  };
  /** The loop crimp_NAME in FILE.c. `arguments` may print statements before the call. */
  readonly int16?: {
    readonly name: string;
    readonly file?: string;
    readonly constants?: (label: string) => readonly Constant[];
    readonly arguments: (int16: Int16, printer: Printer, at: Addresses, label: string) => readonly string[];
  };
}

export function elementwiseEmitter<T extends OpType, Int16>(
  type: T,
  parameters: (op: Op<T>, graph: Graph) => ElementwiseParameters<Int16>,
  sources: ElementwiseSources<T, Int16>,
): OpEmitter<T> {
  return {
    type,
    lower: (op, graph, context) => chooseKernel(kernelsOf(op, sources), parameters(op, graph), context),
  };
}

function kernelsOf<T extends OpType, Int16>(
  op: Op<T>,
  { float32, int16 }: ElementwiseSources<T, Int16>,
): Kernel<ElementwiseParameters<Int16>>[] {
  return [
    { capability: 'portable', name: 'lookup', accepts: (p) => p.dtype === 'int8', lower: lookup },
    {
      capability: 'portable',
      name: float32.name,
      accepts: (p) => p.dtype === 'float32',
      lower: ({ count }) => ({
        scratchBytes: 0,
        overlaps: elementWiseOverlaps('float32', 'float32', count),
        constants: [],
        sources: [
          `portable/${float32.file ?? float32.name}.c`,
          ...(float32.arguments ? [] : ['portable/apply_f32.c']),
        ],
        emit(printer, at) {
          const own = at.kernel(`crimp_${float32.name}`);
          const data = [at.input(0), at.output(0), `${count}`];
          if (float32.arguments) printer.call(own, [...data, ...float32.arguments(op)]);
          else printer.call(at.kernel('crimp_apply_f32'), [...data, own]);
        },
      }),
    },
    ...(int16 ? [int16Kernel(int16)] : []),
  ];
}

function lookup<Int16>(
  p: ElementwiseParameters<Int16>,
  { label }: LowerContext,
): Omit<Layer, 'op' | 'kernel'> {
  if (p.dtype !== 'int8') throw new Error(`there is no table of ${p.dtype}`);
  return lookupLayer({ ...p, input: 'int8', output: 'int8' }, label);
}

function int16Kernel<Int16>({
  name,
  file = name,
  constants,
  arguments: rest,
}: NonNullable<ElementwiseSources<never, Int16>['int16']>): Kernel<ElementwiseParameters<Int16>> {
  return {
    capability: 'portable',
    name,
    accepts: (p) => p.dtype === 'int16',
    lower(p, { label }) {
      if (p.dtype !== 'int16') throw new Error(`${name} does not take ${p.dtype}`);
      return {
        scratchBytes: 0,
        overlaps: elementWiseOverlaps('int16', 'int16', p.count),
        constants: constants?.(label) ?? [],
        sources: [`portable/${file}.c`],
        emit(printer, at) {
          const more = rest(p.int16, printer, at, label);
          printer.call(at.kernel(`crimp_${name}`), [at.input(0), at.output(0), `${p.count}`, ...more]);
        },
      };
    },
  };
}
