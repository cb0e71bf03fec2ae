/** Images of another size. */
import { inputTensor, outputTensor } from '../../../graph/access.js';
import type { Op } from '../../../graph/graph.js';
import { resizeNearestNeighborParameters } from '../../../ops/resize_nearest_neighbor.js';
import type { ResizeAttributes } from '../../../ops/resizing.js';
import { CannotExport, type Exporter } from '../exporter.js';
import { shapeIn } from '../layout.js';
import { absent, type Value } from '../model_writer.js';

function resized(
  x: Exporter,
  op: Op<'RESIZE_BILINEAR'> | Op<'RESIZE_NEAREST_NEIGHBOR'>,
  attributes: object,
): Value {
  const sizes = x.writer.integers(shapeIn('first', x.tensor(op.outputs[0]!).shape));
  return x.node('Resize', [x.real(op.inputs[0]!, 'first'), absent, absent, sizes], { ...attributes });
}

function coordinates({ alignCorners, halfPixelCenters }: ResizeAttributes): string | undefined {
  if (alignCorners && halfPixelCenters) return undefined;
  if (alignCorners) return 'align_corners';
  return halfPixelCenters ? 'half_pixel' : 'asymmetric';
}

export function resizeBilinear(op: Op<'RESIZE_BILINEAR'>, x: Exporter): void {
  const coordinate_transformation_mode = coordinates(op.attributes);
  if (!coordinate_transformation_mode) {
    throw new CannotExport('aligns corners and centers of pixels both, which ONNX does not know');
  }
  const value = resized(x, op, { mode: 'linear', coordinate_transformation_mode });
  x.write(op.outputs[0]!, value, 'first');
}

/** Where ONNX's own rounding would choose other pixels, those of the graph by number. */
export function resizeNearestNeighbor(op: Op<'RESIZE_NEAREST_NEIGHBOR'>, x: Exporter): void {
  const [input, output] = [inputTensor(x.graph, op).shape, outputTensor(x.graph, op).shape];
  const { rows, columns } = resizeNearestNeighborParameters(op, x.graph);
  const mode = coordinates(op.attributes);
  const places = [rows, columns];
  if (mode && places.every((own, i) => isAsOnnx(own, input[i + 1]!, output[i + 1]!, mode))) {
    const nearest_mode = mode === 'asymmetric' ? 'floor' : 'round_prefer_ceil';
    const value = resized(x, op, { mode: 'nearest', coordinate_transformation_mode: mode, nearest_mode });
    x.write(op.outputs[0]!, value, 'first');
    return;
  }
  const chosen = places.reduce<Value>(
    (value, own, i) => x.node('Gather', [value, x.writer.integers([...own])], { axis: i + 2 }),
    x.real(op.inputs[0]!, 'first'),
  );
  x.write(op.outputs[0]!, chosen, 'first');
}

/** ONNX's places in exact arithmetic; none of them may be so near to a border that float32 could decide. */
function isAsOnnx(own: Uint16Array, from: number, to: number, mode: string): boolean {
  return own.every((place, i) => {
    // Of what is rounded down in the end.
    const exact =
      mode === 'asymmetric'
        ? (i * from) / to
        : mode === 'half_pixel'
          ? ((i + 0.5) * from) / to
          : to === 1
            ? 0.5
            : (i * (from - 1)) / (to - 1) + 0.5;
    const safe = Math.abs(exact - Math.round(exact)) > 1e-4 || (i * from) % to === 0;
    return safe && place === Math.min(Math.floor(exact), from - 1);
  });
}
