/** `crimp train`: the weights of a float model, fitted to data. */
import { type Command, Option } from 'commander';
import { defaultTarget } from '../../targets/index.js';
import type { TrainFileOptions } from '../train_file.js';
import { addDataOptions, type DataFlags, dataFormats, readOptionsOf } from './data_options.js';
import { addTrainingOptions, type TrainingFlags, trainingOptionsOf } from './training_options.js';
import { addVerb } from './verb.js';

interface Options
  extends TrainingFlags,
    DataFlags,
    Pick<TrainFileOptions, 'data' | 'output' | 'fresh' | 'keepZeros' | 'target' | 'measure'> {
  loss?: 'cross-entropy' | 'mse';
}

export function trainVerb(program: Command): void {
  addVerb<Options>(program, {
    usage: 'train <model>',
    summary: 'a float model’s weights, fitted to data',
    description:
      'Trains the weights of a float model from where they are, or from --fresh ones, on this computer’s processor. The same seed gives the same file.',
    examples: [
      'train model.tflite --data train.npz --epochs 20 --schedule cosine -o trained.tflite',
      'train model.tflite --data train.npz --validation 0.1 --patience 3 -o trained.tflite',
      'train model.tflite --data pictures --normalize -1..1 --validation 0.1 -o trained.tflite',
      'train model.tflite --data measurements.csv --normalize standard --label-column kind -o trained.tflite',
      'train sparse.tflite --data train.npz --keep-zeros --epochs 4 -o tuned.tflite --json',
      'train model.tflite --data train.npz --checkpoint run.npz --resume -o trained.tflite',
    ],
    options: (command) =>
      addTrainingOptions(
        addDataOptions(
          command
            .requiredOption('-d, --data <file>', `samples with labels or targets: ${dataFormats}`)
            .requiredOption('-o, --output <file>', 'where the trained model goes: .tflite or .onnx'),
          { recorded: true },
        ),
      )
        .addOption(new Option('--loss <name>', 'default: cross-entropy').choices(['cross-entropy', 'mse']))
        .option('--fresh', 'begin with weights drawn by the seed, instead of with the model’s own')
        .option('--keep-zeros', 'weights that pruning has set to 0 stay 0')
        .option(
          '-t, --target <name>',
          'the board whose flash, RAM and cycles are counted',
          defaultTarget.name,
        )
        .option('--measure', 'build and run firmware before and after, for its flash and cycles'),
    async action([model], options, io) {
      const { data, output, loss, fresh, keepZeros, target, measure } = options;
      const { trainFile } = await import('../train_file.js');
      const { formatTraining, formatTrainProgress } = await import('../report/training.js');
      const progress = io.progress('train');
      const document = await trainFile(io.readModel(model!), {
        reading: await readOptionsOf(options, io),
        ...{ data, output, loss, fresh, keepZeros, target, measure },
        ...trainingOptionsOf(options),
        onProgress: (p) => progress(p.step, p.steps, formatTrainProgress(p)),
      });
      return { document, text: formatTraining(document) };
    },
  });
}
