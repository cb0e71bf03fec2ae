/** `crimp train`: the weights of a float model, fitted to data. */
import { type Command, Option } from 'commander';
import { inputError } from '../diagnostics.js';
import { readModelFile } from '../model_file.js';
import type { Schedule } from '../train/schedule.js';
import type { TrainFileOptions } from '../train_file.js';
import { addVerb } from './verb.js';

/** Flags that take a number, and an example of each. */
const numbers = {
  epochs: '10',
  batchSize: '32',
  learningRate: '0.001',
  momentum: '0.9',
  weightDecay: '0.0001',
  seed: '1',
  patience: '5',
} as const;

type NumberFlag = keyof typeof numbers;

interface Options
  extends Partial<Record<NumberFlag, string>>,
    Pick<TrainFileOptions, 'data' | 'output' | 'optimizer' | 'checkpoint' | 'resume' | 'keepZeros'> {
  loss?: 'cross-entropy' | 'mse';
  schedule?: string;
  validation?: string;
}

export function trainVerb(program: Command): void {
  addVerb<Options>(program, {
    usage: 'train <model>',
    summary: 'a float model’s weights, fitted to data',
    description:
      'Trains the weights of a float model from where they are, on this computer’s processor. The same seed gives the same file.',
    examples: [
      'train model.tflite --data train.npz --epochs 20 --schedule cosine -o trained.tflite',
      'train model.tflite --data train.npz --validation 0.1 --patience 3 -o trained.tflite',
      'train sparse.tflite --data train.npz --keep-zeros --epochs 4 -o tuned.tflite --json',
      'train model.tflite --data train.npz --checkpoint run.npz --resume -o trained.tflite',
    ],
    options: (command) =>
      command
        .requiredOption('-d, --data <file>', 'samples: .npz with x, and labels or targets y')
        .requiredOption('-o, --output <file>', 'where the trained .tflite goes')
        .option('-e, --epochs <count>', 'how often each sample is seen (default: 10)')
        .option('--batch-size <count>', 'samples a step (default: 32)')
        .addOption(new Option('--optimizer <name>', 'default: adam').choices(['adam', 'sgd']))
        .option('--learning-rate <rate>', 'at its highest (default: 0.001 for adam, 0.01 for sgd)')
        .option('--momentum <share>', 'of sgd (default: 0)')
        .option(
          '--schedule <name>',
          'constant, cosine, or step:N[:FACTOR], every N epochs (default: constant)',
        )
        .option('--weight-decay <share>', 'taken off weights a step of rate 1 (default: 0)')
        .addOption(new Option('--loss <name>', 'default: cross-entropy').choices(['cross-entropy', 'mse']))
        .option('--validation <share>', 'share of the data to hold out, or a file like --data')
        .option('--patience <epochs>', 'stop after so many without a better held-out loss; keep the best')
        .option('--seed <number>', 'of the order and the split (default: 1)')
        .option('--keep-zeros', 'weights that pruning has set to 0 stay 0')
        .option('--checkpoint <file>', 'written after each epoch')
        .option('--resume', 'go on from the checkpoint, to the file that no interruption would have given'),
    async action([model], options, io) {
      const { trainFile } = await import('../train_file.js');
      const { formatTraining, formatTrainProgress } = await import('../report/training.js');
      const progress = io.progress('train');
      const document = await trainFile(readModelFile(model!), {
        ...optionsOf(options),
        onProgress: (p) => progress(p.step, p.steps, formatTrainProgress(p)),
      });
      return { document, text: formatTraining(document) };
    },
  });
}

function optionsOf({ schedule, validation, ...options }: Options): TrainFileOptions {
  const { data, output, optimizer, loss, checkpoint, resume, keepZeros } = options;
  const given = (flag: NumberFlag) => {
    const name = flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    return options[flag] === undefined ? undefined : number(options[flag], `--${name}`, numbers[flag]);
  };
  const patience = given('patience');
  return {
    ...{ data, output, optimizer, loss, checkpoint, resume, keepZeros },
    epochs: given('epochs'),
    batchSize: given('batchSize'),
    learningRate: given('learningRate'),
    momentum: given('momentum'),
    weightDecay: given('weightDecay'),
    seed: given('seed'),
    earlyStopping: patience === undefined ? undefined : { patience },
    schedule: schedule === undefined ? undefined : scheduleOf(schedule),
    validation:
      validation === undefined || Number.isNaN(Number(validation)) ? validation : Number(validation),
  };
}

function scheduleOf(text: string): Schedule {
  if (text === 'constant' || text === 'cosine') return text;
  const [name, step, factor, ...more] = text.split(':');
  if (name !== 'step' || step === undefined || more.length > 0) {
    const message = `--schedule takes constant, cosine or step:N[:FACTOR], not ${JSON.stringify(text)}`;
    throw inputError('bad-usage', message, 'Say --schedule cosine or --schedule step:10:0.1.');
  }
  const every = number(step, '--schedule step:N', '10');
  return factor === undefined
    ? { step: every }
    : { step: every, factor: number(factor, '--schedule', 'step:10:0.1') };
}

function number(text: string, flag: string, example: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw inputError(
    'bad-usage',
    `${flag} takes a number, not ${JSON.stringify(text)}`,
    `Say ${flag} ${example}.`,
  );
}
