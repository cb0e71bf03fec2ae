/** What every verb that trains can be told, and how its flags become the library's options. */
import { type Command, Option } from 'commander';
import { inputError } from '../diagnostics.js';
import type { TrainOptions } from '../train/options.js';
import type { Schedule } from '../train/schedule.js';

/** Flags that take a number, and an example of each. */
const numbers = {
  epochs: '10',
  batchSize: '32',
  learningRate: '0.001',
  momentum: '0.9',
  weightDecay: '0.0001',
  seed: '1',
  patience: '5',
  shift: '2',
  noise: '0.1',
} as const;

type NumberFlag = keyof typeof numbers;

export interface TrainingFlags
  extends Partial<Record<NumberFlag, string>>,
    Pick<TrainOptions, 'optimizer' | 'checkpoint' | 'resume' | 'batchNorm'> {
  schedule?: string;
  validation?: string;
}

export function addTrainingOptions(command: Command): Command {
  return command
    .option('-e, --epochs <count>', 'how often each sample is seen (default: 10)')
    .option('--batch-size <count>', 'samples a step (default: 32)')
    .addOption(new Option('--optimizer <name>', 'default: adam').choices(['adam', 'sgd']))
    .option('--learning-rate <rate>', 'at its highest (default: 0.001 for adam, 0.01 for sgd)')
    .option('--momentum <share>', 'of sgd (default: 0)')
    .option('--schedule <name>', 'constant, cosine, or step:N[:FACTOR], every N epochs (default: constant)')
    .option('--weight-decay <share>', 'taken off weights a step of rate 1 (default: 0)')
    .option('--validation <share>', 'share of the data to hold out, or a file like --data')
    .option('--patience <epochs>', 'stop after so many without a better held-out loss; keep the best')
    .option('--shift <pixels>', 'move each image at random by at most so many, each time it is seen')
    .option('--noise <deviation>', 'add Gaussian noise to the inputs, in their own unit')
    .addOption(
      new Option(
        '--batch-norm <how>',
        'by the statistics of each batch, or frozen as the model has it (default: frozen)',
      ).choices(['frozen', 'batch']),
    )
    .option('--seed <number>', 'of the order, the split and what is random (default: 1)')
    .option('--checkpoint <file>', 'written after each epoch')
    .option('--resume', 'go on from the checkpoint, to the file that no interruption would have given');
}

export function trainingOptionsOf({ schedule, validation, ...options }: TrainingFlags) {
  const { optimizer, checkpoint, resume, batchNorm } = options;
  const given = (flag: NumberFlag) => {
    const name = flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    return options[flag] === undefined ? undefined : number(options[flag], `--${name}`, numbers[flag]);
  };
  const patience = given('patience');
  const augment = { shift: given('shift'), noise: given('noise') };
  return {
    ...{ optimizer, checkpoint, resume, batchNorm },
    epochs: given('epochs'),
    batchSize: given('batchSize'),
    learningRate: given('learningRate'),
    momentum: given('momentum'),
    weightDecay: given('weightDecay'),
    seed: given('seed'),
    augment: augment.shift === undefined && augment.noise === undefined ? undefined : augment,
    earlyStopping: patience === undefined ? undefined : { patience },
    schedule: schedule === undefined ? undefined : scheduleOf(schedule),
    /** A share, or a file. */
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

/** @throws CrimpError `bad-usage` */
export function number(text: string, flag: string, example: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw inputError(
    'bad-usage',
    `${flag} takes a number, not ${JSON.stringify(text)}`,
    `Say ${flag} ${example}.`,
  );
}
