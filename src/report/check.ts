/** The text of a check against the user's own runtime. */
import type { CheckedFile, OutputAgreement, Verdict } from '../check_file.js';
import { type CauseName, causes } from '../runtimes/causes/cause.js';
import type { LayerAgreement } from '../runtimes/layers.js';
import { count, percent, plural, shorten, table } from './table.js';

const right = (title: string) => ({ title, align: 'right' as const });

/** @param allLayers as a table, instead of only what differs */
export function formatCheck(checked: CheckedFile, allLayers = false): string {
  const { runtime, samples, random, outputs, layers } = checked;
  const rows = outputs.map((o) => [
    shorten(o.name),
    o.dtype,
    o.incomparable ? 'another size' : share(o),
    difference(o),
    o.cosine === null ? '' : o.cosine.toFixed(6),
    o.different === 0 ? '' : o.sqnr === null ? '' : `${o.sqnr.toFixed(1)} dB`,
    o.top1 === null ? '' : percent(o.top1),
  ]);
  const parts = [
    `${runtime.name} (${runtime.version}) beside crimp’s simulator, ${plural(samples, random ? 'random sample' : 'sample')}`,
    table(
      [
        { title: 'output' },
        { title: 'type' },
        right('the same'),
        right('farthest'),
        right('cosine'),
        right('SQNR'),
        right('top-1 alike'),
      ],
      rows,
    ),
  ];
  if (layers && allLayers) parts.push(formatLayers(layers));
  if (layers) parts.push(...explained(layers, runtime.name), ...unexplained(layers, runtime.name));
  parts.push(verdict(checked));
  return parts.join('\n\n');
}

/** Never 100 % where something differs. */
function share({ exact, different }: Pick<OutputAgreement, 'exact' | 'different'>): string {
  return percent(different > 0 ? Math.min(exact, 0.9999) : exact);
}

function difference({ different, maxSteps, maxDifference, step }: OutputAgreement): string {
  if (different === 0) return '';
  if (maxDifference === null) return 'not finite';
  const real = Number(maxDifference.toPrecision(3)).toString();
  const steps = maxSteps ?? (step === null ? undefined : Number((maxDifference / step).toPrecision(3)));
  return steps === undefined ? real : `${plural(steps, 'step')} (${real})`;
}

function formatLayers(layers: readonly LayerAgreement[]): string {
  const rows = layers.map((l) => [
    l.index,
    shorten(l.name),
    l.type,
    l.different === 0 ? '' : count(l.different),
    l.values === 0 ? '' : count(l.values),
    farthest(l),
    l.values === 0
      ? 'does not show it'
      : l.different === 0
        ? ''
        : l.cause === null
          ? 'NOT explained'
          : causes[l.cause].runtime,
  ]);
  const columns = [
    right('#'),
    { title: 'layer' },
    { title: 'type' },
    right('differ'),
    right('of'),
    right('farthest'),
    { title: 'from the same inputs the runtime' },
  ];
  return table(columns, rows);
}

function farthest({ different, maxSteps, maxDifference }: LayerAgreement): string {
  if (different === 0) return '';
  if (maxSteps !== null) return plural(maxSteps, 'step');
  return maxDifference === null ? 'not finite' : Number(maxDifference.toPrecision(3)).toString();
}

/** A line for each cause, with the layers that it explains. */
function explained(layers: readonly LayerAgreement[], name: string): string[] {
  const found = [...new Set(layers.flatMap(({ cause }) => cause ?? []))];
  const lines = found.map((cause) => {
    const { runtime, tflm, rounding } = causes[cause];
    return `${rounding ? '' : 'NOT rounding: '}${layersOf(layers, cause)}: ${kernels(name, cause)}${runtime}; TFLM ${tflm}`;
  });
  return lines.length === 0 ? [] : [lines.join('\n')];
}

/** Whose kernels these are: in TensorFlow Lite XNNPACK's, for what stands in `causes` by what XNNPACK computes. */
function kernels(runtime: string, cause: CauseName): string {
  return runtime === 'TensorFlow Lite' && causes[cause].xnnpack ? 'XNNPACK ' : `${runtime} `;
}

function layersOf(layers: readonly LayerAgreement[], cause: CauseName): string {
  const types = layers.filter((l) => l.cause === cause).map(({ type }) => type);
  return [...new Set(types)]
    .map((type) => {
      const n = types.filter((other) => other === type).length;
      return n === 1 ? type : `${n} × ${type}`;
    })
    .join(', ');
}

function unexplained(layers: readonly LayerAgreement[], runtime: string): string[] {
  const lines = layers
    .filter(({ different, cause }) => different > 0 && !(cause && causes[cause].rounding))
    .map((l) => {
      const where = `layer ${l.index} ${l.type} "${l.name}"`;
      if (l.incomparable) return `${where}: ${runtime} gives "${l.tensor}" in another size`;
      const { sample, index, crimp, runtime: theirs } = l.worst!;
      return `${where}: ${count(l.different)} of ${plural(l.values, 'value')} differ from the same inputs; farthest in sample ${sample}, index ${index}: ${runtime} says ${theirs}, crimp ${crimp}`;
    });
  return lines.length === 0 ? [] : [lines.join('\n')];
}

const verdicts: Readonly<Record<Verdict, string>> = {
  exact: 'exact: every value is the same',
  tolerance: 'agrees within the tolerance',
  explained: 'agrees: every layer that differs does so for a known reason, proven from the same inputs',
  differs: 'DIFFERS: not by rounding alone',
};

function verdict({ verdict: found, outputs, layers }: CheckedFile): string {
  if (found !== 'tolerance') return verdicts[found];
  const inSteps = outputs.some(({ step }) => step !== null);
  return `${verdicts.tolerance}: ${inSteps && !layers ? 'within a step of the output' : 'within 2^-16 of the largest value, what float32 sums in another order come to'}`;
}
