/** What RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR share: images of another height and width, by a constant operand. */
import { inputTensor, outputTensor } from '../graph/access.js';
import type { Graph, Op, Shape } from '../graph/graph.js';
import { dtypeProblems, operandProblems } from './checks.js';
import { integerProblems, integersOf, rangeProblem, shapeProblem } from './constant_operand.js';
import { imageOf } from './convolution.js';
import type { DTypeCombination, OpProblem } from './op.js';

export interface ResizeAttributes {
  /** The centers of the corners' pixels stay where they are. */
  readonly alignCorners: boolean;
  /** A pixel's place is its center, not its corner. */
  readonly halfPixelCenters: boolean;
}

export type ResizeType = 'RESIZE_BILINEAR' | 'RESIZE_NEAREST_NEIGHBOR';

export interface ResizedImages {
  readonly batch: number;
  readonly channels: number;
  readonly input: { readonly height: number; readonly width: number };
  readonly output: { readonly height: number; readonly width: number };
}

export function resizedImages<T extends ResizeType>(op: Op<T>, graph: Graph): ResizedImages {
  const { batch, channels, ...input } = imageOf(inputTensor(graph, op))!;
  const [height, width] = integersOf(op, graph, 1) as [number, number];
  return { batch, channels, input, output: { height, width } };
}

export function resizedShape<T extends ResizeType>(op: Op<T>, graph: Graph): Shape {
  const { batch, channels, output } = resizedImages(op, graph);
  return [batch, output.height, output.width, channels];
}

/** The largest image that the emitted tables of places can describe. */
const maxSide = 65535;

export function resizeProblems<T extends ResizeType>(
  op: Op<T>,
  graph: Graph,
  supports: readonly DTypeCombination[],
): OpProblem[] {
  const missing = operandProblems(op, graph, { min: 2, max: 2 });
  if (missing.length > 0) return missing;
  const input = inputTensor(graph, op);
  const problems = [
    ...dtypeProblems(supports, [input], outputTensor(graph, op)),
    ...integerProblems(op, graph, 1, { what: 'size', length: 2 }),
  ];
  const image = imageOf(input);
  if (!image) problems.push(shapeProblem(`takes an input of rank 4, has [${input.shape}]`));
  const size = integersOf(op, graph, 1) ?? [];
  const sides = [...size, image?.height ?? 1, image?.width ?? 1];
  if (sides.some((side) => side < 1 || side > maxSide)) {
    problems.push(rangeProblem(`resizes [${input.shape}] to ${size.join(' × ')}; sides are 1 to ${maxSide}`));
  }
  return problems;
}
