/** PREFIX_kernels.h: the kernel functions that a model calls, under the model's own names. */
import { collectKernels, rename } from './kernel_source.js';
import type { Layer } from './layer.js';
import { Printer } from './printer.js';

export function kernelsHeader(
  layers: readonly Layer[],
  kernels: ReadonlySet<string>,
  prefix: string,
): string {
  const { systemIncludes, definitions } = collectKernels(new Set(layers.flatMap((l) => l.sources)), kernels);
  const out = new Printer();
  out.comment(`Kernels of ${prefix}, written by crimp. Included by ${prefix}.c alone.`);
  for (const include of [...new Set(['stdint.h', ...systemIncludes])].sort())
    out.line(`#include <${include}>`);
  return [out.toString(), ...definitions.map((text) => `${rename(text, prefix)}\n`)].join('\n');
}
