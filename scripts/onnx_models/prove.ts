/** A model all the way as its user goes: an .onnx file, data as PyTorch has them, int8, firmware, the virtual board. */
import path from 'node:path';
import { compile } from '../../src/compile.js';
import { quantize } from '../../src/compress/quantize/quantize.js';
import { type Dataset, readDataset, readSamples } from '../../src/data/index.js';
import { withTemporaryFolder } from '../../src/files.js';
import { boardSizes, buildFirmware } from '../../src/firmware/build.js';
import type { Graph } from '../../src/graph/graph.js';
import { importModel } from '../../src/importers/index.js';
import { benchOfRun } from '../../src/measure/bench.js';
import { openRunner } from '../../src/measure/open_runner.js';
import { simulateSamples } from '../../src/measure/simulate.js';
import { type Validation, validate } from '../../src/measure/validate.js';
import { readModelFile } from '../../src/model_file.js';
import type { Target } from '../../targets/target.js';
import type { Data } from './data.js';

export interface Proof {
  readonly name: string;
  readonly int8: Graph;
  /** On the test samples, by the simulator. */
  readonly accuracy: { readonly float: number; readonly int8: number };
  /** Of the output on the calibration samples, dB. */
  readonly sqnr: number;
  /** Layers that stay in float. */
  readonly inFloat: number;
  /** Of every tensor of one sample, the board against the simulator. */
  readonly validation: Validation;
  readonly macs: number;
  readonly cycles: number;
  /** Of the whole firmware, bytes. */
  readonly flash: number;
  readonly arena: number;
}

const calibrationSamples = 150;

export async function prove(file: string, data: Data, target: Target): Promise<Proof> {
  const name = path.basename(file, '.onnx');
  const model = readModelFile(file);
  const float = importModel(model.bytes, { ...model, name });
  const { graph: int8, report } = quantize(float, first(readDataset(data.train, float), calibrationSamples));
  const accuracyOf = (graph: Graph) => simulateSamples(graph, readSamples(data.test, graph)).accuracy!;
  const accuracy = { float: accuracyOf(float), int8: accuracyOf(int8) };

  const compiled = compile(int8, target, { name });
  const samples = readSamples(data.test, int8);
  return withTemporaryFolder(async (temporary) => {
    const folder = path.join(temporary, 'build');
    const built = await buildFirmware(compiled, target, { directory: folder, keepSources: false });
    const runner = await openRunner({ compiled, target, folder });
    try {
      const validation = await validate(runner, { ...samples, count: 1 }, { tensors: true });
      await runner.reset();
      const { cycles: counted } = await runner.infer(samples.bytes(0));
      const { macs, cycles } = await benchOfRun(runner, [counted!], samples.bytes(0));
      return {
        ...{ name, int8, accuracy, validation, macs },
        sqnr: report.layers.at(-1)!.sqnr ?? Infinity,
        inFloat: report.layers.filter((layer) => layer.dtype === 'float32').length,
        cycles: cycles.median,
        flash: boardSizes(built)!.flash.total,
        arena: compiled.plan.arenaBytes,
      };
    } finally {
      await runner.close();
    }
  });
}

function first({ count, inputs, labels }: Dataset, n: number): Dataset {
  const part = <T extends Float32Array | Int32Array>(values: T) =>
    values.subarray(0, (values.length / count) * n) as T;
  return { count: n, inputs: inputs.map(part), ...(labels && { labels: part(labels) }) };
}
