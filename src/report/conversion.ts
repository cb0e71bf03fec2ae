/** The text of a conversion. */
import type { ConvertedFile, ConvertedTensor } from '../convert_file.js';
import { bytes, plural } from './table.js';

export function formatConversion({
  output,
  bytes: size,
  ops,
  inputs,
  outputs,
  states,
}: ConvertedFile): string {
  const listed = (list: readonly ConvertedTensor[]) =>
    list.map(({ name, dtype, shape }) => `${name} ${dtype} [${shape.join(', ')}]`).join(', ');
  const start = (initial: number | null) => (initial === null ? 'several values' : `all ${initial}`);
  return [
    `${output}: ${bytes(size)}, ${plural(ops, 'operator')}`,
    `in   ${listed(inputs)}`,
    `out  ${listed(outputs)}`,
    ...states.map(
      ({ input, output: next, initial }) =>
        `state ${listed([input])}: starts from ${start(initial)}; hand ${next.name} back to it`,
    ),
  ].join('\n');
}
