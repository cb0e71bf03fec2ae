/** Which column of a .csv is what, from its first line. */
import { inputError } from '../diagnostics.js';

export interface CsvLayout {
  /** Of the first line that holds something. */
  readonly line: number;
  readonly columns: number;
  /** That line names the columns. */
  readonly header: boolean;
  readonly names?: readonly string[];
  /** The label's column; undefined where there is none. */
  readonly label?: number;
}

/** What labels are usually called, the surest first. */
const labelNames = ['label', 'class', 'target', 'y'];

/**
 * @param width values of one sample
 * @param chosen the label's column as `ReadOptions.labelColumn` has it
 * @throws CrimpError `data-shape`, `data-missing`
 */
export function layoutOf(
  first: readonly string[],
  width: number,
  file: string,
  line: number,
  chosen?: string,
): CsvLayout {
  const columns = first.length;
  const header = namesColumns(first, chosen);
  const label =
    chosen === undefined
      ? usualColumn(first, header, width)
      : chosenColumn(first, header, chosen, file, line);
  const wanted = width + (label === undefined ? 0 : 1);
  if (columns !== wanted) {
    const values = `${width} ${width === 1 ? 'value' : 'values'}`;
    const message = `has ${columns} columns; a sample of the model has ${values}, and a row may have a label besides`;
    const hint = `Give ${width} or ${width + 1} columns, without row numbers (pandas: to_csv(index=False)), separated by commas.`;
    throw inputError('data-shape', message, hint, { file, place: `line ${line}` });
  }
  return { line, columns, header, ...(header && { names: first }), ...(label !== undefined && { label }) };
}

/** A line of names has the label's, or hardly a number. */
function namesColumns(first: readonly string[], chosen: string | undefined): boolean {
  const isNumber = (text: string) => text !== '' && Number.isFinite(Number(text));
  if (first.filter((text) => !isNumber(text)).length > first.length / 2) return true;
  const names = chosen === undefined || isNumber(chosen) ? labelNames : [chosen];
  const label = names.map((name) => columnOf(first, name)).find((c) => c >= 0);
  if (label === undefined) return false;
  // "y" may also be a class, that of yes, behind the values of a sample; not behind 0, 1, 2 …
  const others = first.filter((_, c) => c !== label);
  return first[label]!.length > 1 || others.every((text, i) => text === String(i));
}

/** By its name, else the last; none where all columns are values, whatever they are called. */
function usualColumn(first: readonly string[], header: boolean, width: number): number | undefined {
  if (first.length !== width + 1) return undefined;
  const named = header ? labelNames.map((name) => columnOf(first, name)).find((c) => c >= 0) : undefined;
  return named ?? width;
}

function columnOf(names: readonly string[], name: string): number {
  const exact = names.indexOf(name);
  return exact >= 0 ? exact : names.findIndex((other) => other.toLowerCase() === name.toLowerCase());
}

function chosenColumn(
  first: readonly string[],
  header: boolean,
  chosen: string,
  file: string,
  line: number,
): number {
  const byName = header ? columnOf(first, chosen) : -1;
  if (byName >= 0) return byName;
  const index = chosen.trim() === '' ? NaN : Number(chosen);
  const column = index < 0 ? first.length + index : index;
  if (Number.isInteger(column) && column >= 0 && column < first.length) return column;
  const message = header
    ? `has no column ${JSON.stringify(chosen)}`
    : `names no columns, and ${JSON.stringify(chosen)} is no index of one`;
  const few = first.length > 20 ? `${first.slice(0, 20).join(', ')} …` : first.join(', ');
  const hint = header
    ? `It has ${few}.`
    : `Give a number from 0 to ${first.length - 1}, or a first line of names.`;
  throw inputError('data-missing', message, hint, { file, place: `line ${line}` });
}
