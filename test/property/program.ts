/**
 * Many models in one program: their emitted files, each under its own prefix, and one main. Kernels that several
 * models have in common are compiled once, which is most of the compiler's work; test/codegen/two_models.test.ts
 * links models with kernels of their own.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseKernelFile } from '../../codegen/kernel_source.js';
import { ctypeOf } from '../../codegen/literals.js';
import { Printer } from '../../codegen/printer.js';
import type { ArenaRange, Sources } from '../../codegen/sources.js';

export interface ModelRuns {
  readonly sources: Sources;
  /** Samples that the program reads for this model, in sequences: state is reset before each. */
  readonly sequences: readonly number[];
  /** Each sample's outputs are preceded by every tensor that a layer writes, in the order of `sources.tensors`. */
  readonly tensors?: boolean;
}

/**
 * Writes the program into `folder`. It reads each model's samples in turn from stdin and writes their outputs,
 * after each model all of them; before each sample the arena holds rubbish, but for state. @returns the C files
 */
export function writeProgram(programs: readonly ModelRuns[], folder: string): string[] {
  const models = programs.map((p) => p.sources);
  for (const model of models) {
    for (const [name, text] of model.files) writeFileSync(path.join(folder, name), text);
  }
  shareKernels(models, folder);
  const out = new Printer();
  out.line('#include <stdio.h>').line('#include <string.h>').line('#include "kernels.h"');
  for (const { prefix } of models) out.line(`#include "${prefix}.c"`);
  out.line().line('struct range { long offset; size_t bytes; };');
  out.line('#define BY_ROWS (-1)');
  const largest = Math.max(1, ...models.flatMap(({ inputs }) => inputs.map((io) => io.bytes)));
  out.line(`static uint8_t given[${largest}];`).line('static uint32_t given_rows;');
  for (const model of models) writeRowReaders(model, out);
  out.line('struct layer { void (*run)(void); const struct range *written; };').line();
  out.block('static void put(const uint8_t *arena, const struct range *r)', () => {
    out.line('for (; r->bytes > 0; ++r) fwrite(arena + r->offset, 1, r->bytes, stdout);');
  });
  out.block(
    'static int run(int samples, uint8_t *arena, size_t size, void (*reset)(void), void (*invoke)(void), const struct layer *layers, const struct range *in, const struct range *out)',
    () => {
      out.line('memset(arena, 0xa5, size);');
      out.line('if (reset != NULL) reset();');
      out.block('for (; samples > 0; --samples)', () => {
        out.line('if (reset == NULL) memset(arena, 0xa5, size);');
        out.block('for (const struct range *r = in; r->bytes > 0; ++r)', () =>
          out.line(
            'if (fread(r->offset == BY_ROWS ? given : arena + r->offset, 1, r->bytes, stdin) != r->bytes) return 1;',
          ),
        );
        out.line('given_rows = 0;');
        out.line('if (layers == NULL) invoke();');
        out.block('else for (const struct layer *l = layers; l->run != NULL; ++l)', () => {
          out.line('l->run();');
          out.line('put(arena, l->written);');
        });
        out.line('put(arena, out);');
      });
      out.line('return fflush(stdout);');
    },
  );
  const ranges = (list: readonly Partial<ArenaRange>[]) => [
    ...list.map((r) => `{${r.offset ?? 'BY_ROWS'}, ${r.bytes}}`),
    '{0, 0}',
  ];
  for (const { prefix, inputs, outputs } of models) {
    out.array(`static const struct range ${prefix}_in[]`, ranges(inputs));
    out.array(`static const struct range ${prefix}_out[]`, ranges(outputs));
  }
  for (const { sources } of programs.filter((p) => p.tensors)) writeLayers(sources, out);
  out.block('int main(void)', () => {
    for (const { sources, sequences, tensors } of programs) {
      const { prefix } = sources;
      const size = `${prefix.toUpperCase()}_ARENA_BYTES`;
      const reset = sources.state.length > 0 ? `${prefix}_reset` : 'NULL';
      const functions = `${reset}, ${prefix}_invoke, ${tensors ? `${prefix}_by_layer` : 'NULL'}`;
      for (const samples of sequences) {
        out.line(
          `if (run(${samples}, ${prefix}_arena, ${size}, ${functions}, ${prefix}_in, ${prefix}_out)) return 1;`,
        );
      }
    }
    out.line('return 0;');
  });
  writeFileSync(path.join(folder, 'program.c'), out.toString());
  return ['program.c'];
}

/** Rows come in their order: what asks for another fails. */
function writeRowReaders({ inputs }: Sources, out: Printer): void {
  for (const { byRows, dtype } of inputs) {
    if (!byRows) continue;
    out.block(`void ${byRows.read}(uint32_t row, ${ctypeOf[dtype]} *to)`, () => {
      out.line(`if (row != given_rows++ || row >= ${byRows.count}) __builtin_trap();`);
      out.line(`memcpy(to, given + row * ${byRows.bytes}, ${byRows.bytes});`);
    });
  }
}

function writeLayers({ prefix, layers, tensors }: Sources, out: Printer): void {
  for (const [i, layer] of layers.entries()) {
    const written = tensors.filter((t) => t.layer === i).map((t) => `{${t.offset}, ${t.bytes}}`);
    out.array(`static const struct range ${layer.symbol}_written[]`, [...written, '{0, 0}']);
  }
  const rows = layers.map(({ symbol }, i) => `{${prefix}_layers[${i}], ${symbol}_written}`);
  out.array(`static const struct layer ${prefix}_by_layer[]`, [...rows, '{NULL, NULL}']);
}

/** Replaces each model's kernels by one common file, of which the model's names are macros. */
export function shareKernels(models: readonly Sources[], folder: string): void {
  const includes = new Set<string>();
  const definitions = new Map<string, string>();
  for (const { prefix, files } of models) {
    const name = `${prefix}_kernels.h`;
    const text = files.get(name)!.replace(new RegExp(`\\b${prefix}_`, 'g'), 'crimp_');
    const kernels = parseKernelFile(text, name);
    for (const include of kernels.systemIncludes) includes.add(`#include <${include}>`);
    for (const d of kernels.definitions) definitions.set(d.name, d.text);
    const names = kernels.definitions.map((d) => d.name.replace(/^struct crimp_|^crimp_/, ''));
    const macros = names.map((n) => `#define ${prefix}_${n} crimp_${n}\n`);
    writeFileSync(path.join(folder, name), macros.join(''));
  }
  writeFileSync(path.join(folder, 'kernels.h'), [...includes, ...definitions.values(), ''].join('\n'));
}
