/** C identifiers made from what models call things. */
import type { Graph } from '../src/graph/graph.js';

/** C99 6.4.1, plus what C++ adds, so that the header works in both. */
const keywords = new Set(
  `auto break case char const continue default do double else enum extern float for goto if inline int long
  register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while
  and asm bool catch class delete explicit export false friend main mutable namespace new not operator or
  private protected public template this throw true try typename using virtual xor`.split(/\s+/),
);

/** A valid prefix of C symbols from any text: lower case, at most 32 characters; `model` when nothing is left. */
export function prefixOf(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+/, '')
    .replace(/^(?=[0-9])/, 'm')
    .slice(0, 32)
    .replace(/_+$/, '');
  return words === '' ? 'model' : keywords.has(words) ? `${words}_model` : words;
}

/** `input`, or `input_1` when there are several. */
export function numbered(word: string, i: number, count: number): string {
  return count > 1 ? `${word}_${i}` : word;
}

/** `vww_read_input_row`: what a program defines for an input that it gives row by row. */
export function readRowFunction(prefix: string, input: number, count: number): string {
  return `${prefix}_read_${numbered('input', input, count)}_row`;
}

/** `layer_03`: the op's number, wide enough that all of a model's sort by name. */
export function layerLabel(graph: Graph, index: number): string {
  const digits = Math.max(2, String(graph.ops.length - 1).length);
  return `layer_${String(index).padStart(digits, '0')}`;
}
