/** Which of a file's subgraphs is the model: one signature's, or the main one as TFLM runs it. */
import { type Diagnostic, error, warning } from '../../diagnostics.js';
import type { Row } from '../../formats/tflite/schema.js';

/**
 * The index of a subgraph that there is.
 * @param key of a signature; the main subgraph when absent, or when the file has no such signature
 */
export function chooseSignature(
  model: Row<'Model'>,
  key: string | undefined,
  file: string | undefined,
  report: (d: Diagnostic) => void,
): number {
  const subgraphs = model.subgraphs ?? [];
  const signatures = (model.signature_defs ?? []).filter(({ subgraph_index }) => subgraphs[subgraph_index]);
  const chosen = signatures.find(({ signature_key }) => signature_key === key);
  if (key !== undefined && !chosen) {
    const names = signatures.map(({ signature_key = '' }) => JSON.stringify(signature_key));
    const hint = names.length > 0 ? `It has ${names.join(', ')}.` : 'The file names none: leave it away.';
    report(error('unknown-signature', `has no signature ${JSON.stringify(key)}`, hint, { file }));
  }
  return chosen?.subgraph_index ?? 0;
}

/** Says what of the file is not read. @param taken subgraphs that are, or that only give initial values */
export function reportOthers(
  model: Row<'Model'>,
  taken: ReadonlySet<number>,
  file: string | undefined,
  report: (d: Diagnostic) => void,
): void {
  const count = (model.subgraphs ?? []).filter((_, i) => !taken.has(i)).length;
  if (count === 0) return;
  const names = (model.signature_defs ?? [])
    .filter(({ subgraph_index }) => !taken.has(subgraph_index))
    .map(({ signature_key = '' }) => JSON.stringify(signature_key));
  const message = `one subgraph is taken; the file has ${count} more`;
  const hint =
    names.length > 0
      ? `Choose by signature for another: ${names.join(', ')}.`
      : 'Export what you need of them as a model of its own.';
  report(warning('extra-subgraphs', message, hint, { file }));
}
