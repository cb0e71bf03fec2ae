/** Random graphs of a variable that keeps the last values of a stream, read before and after it is assigned. */
import fc from 'fast-check';
import { graphBuilder } from '../../../src/graph/build.js';
import type { AnyOp, Graph } from '../../../src/graph/graph.js';
import { random, randomData } from '../random.js';
import { quantization, seed } from './operands.js';

export const variableGraph: fc.Arbitrary<Graph> = fc
  .record({
    dtype: fc.constantFrom('int8', 'int16', 'float32'),
    kept: fc.integer({ min: 1, max: 9 }),
    fresh: fc.integer({ min: 1, max: 5 }),
    started: fc.boolean(),
    reread: fc.boolean(),
    seed,
  })
  .map(({ dtype, kept, fresh, started, reread, ...rest }) => {
    const rng = random(rest.seed);
    const b = graphBuilder('variable');
    const q = quantization(dtype, rng, { symmetric: dtype === 'int16' });
    const of = (n: number) => ({ dtype, shape: [1, n], ...(q && { quantization: q }) });
    const shape = (name: string, ...data: number[]) =>
      b.constant(name, { dtype: 'int32', shape: [data.length], data: Int32Array.from(data) });
    const x = b.input('x', of(fresh));
    const variable = b.state('variable', {
      ...of(kept),
      ...(started && { initial: randomData(dtype, kept, rng) }),
    });
    const before = b.op('READ_VARIABLE', 'before', [variable], {}, of(kept));
    const all = b.op('CONCATENATION', 'all', [before, x], { axis: 1 }, of(kept + fresh));
    const last = b.op('SLICE', 'last', [all, shape('begin', 0, fresh), shape('size', 1, kept)], {}, of(kept));
    const outputs = reread ? [b.op('READ_VARIABLE', 'after', [variable], {}, of(kept)), before] : [all];
    const graph = b.build(...outputs);
    const assign = { type: 'ASSIGN_VARIABLE', name: 'assign', outputs: [], attributes: {} };
    const ops = [...graph.ops];
    ops.splice(3, 0, { ...assign, inputs: [variable, last] } as unknown as AnyOp);
    return { ...graph, ops };
  });
