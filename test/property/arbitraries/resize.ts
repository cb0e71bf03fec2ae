/** Random graphs of one RESIZE_BILINEAR or RESIZE_NEAREST_NEIGHBOR. */
import fc from 'fast-check';
import { graphBuilder } from '../../../src/graph/build.js';
import type { Graph, Op } from '../../../src/graph/graph.js';
import { definitionOf } from '../../../src/ops/registry.js';
import type { ResizeType } from '../../../src/ops/resizing.js';
import { random } from '../random.js';
import { image, quantization, seed } from './operands.js';

export function resizeGraph(type: ResizeType): fc.Arbitrary<Graph> {
  const dtypes = definitionOf({ type } as Op).supports.map(({ input }) => input);
  const side = fc.integer({ min: 1, max: 20 });
  return fc
    .record({
      dtype: fc.constantFrom(...dtypes),
      shape: image,
      size: fc.tuple(side, side),
      places: fc.constantFrom('legacy', 'align', 'half', 'both'),
      seed,
    })
    .map(({ dtype, shape, size, places, seed }) => {
      const builder = graphBuilder(type.toLowerCase());
      const spec = { dtype, quantization: quantization(dtype, random(seed)) };
      const inputs = [
        builder.input('x', { ...spec, shape }),
        builder.constant('size', { dtype: 'int32', shape: [2], data: Int32Array.from(size) }),
      ];
      const attributes = {
        alignCorners: places === 'align' || places === 'both',
        halfPixelCenters: places === 'half' || (places === 'both' && type === 'RESIZE_NEAREST_NEIGHBOR'),
      };
      const output = { ...spec, shape: [shape[0]!, ...size, shape[3]!] };
      return builder.build(builder.op(type, 'y', inputs, attributes, output));
    });
}
