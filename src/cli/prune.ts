/** `crimp prune`: whole channels out of a float model, or its smallest weights to 0. */
import { type Command, Option } from 'commander';
import { defaultTarget } from '../../targets/index.js';
import type { Importance } from '../compress/prune/importance.js';
import type { Pattern } from '../compress/prune/masks.js';
import type { Scope } from '../compress/prune/removal_order.js';
import type { PruningSchedule } from '../compress/prune/schedule.js';
import type { Limit } from '../compress/prune/structured.js';
import type { SparsePenalty } from '../compress/prune/train_sparse.js';
import { inputError } from '../diagnostics.js';
import type { FinetuneOptions, Method, PruneFileOptions } from '../prune_file.js';
import type { GoalMetric } from '../prune_goal.js';
import type { TrainProgress } from '../train/options.js';
import { addDataOptions, type DataFlags, dataFormats, readOptionsOf } from './data_options.js';
import { number } from './training_options.js';
import { addVerb, type Io } from './verb.js';

/** Flags of goals, and what of. */
const goals = {
  macs: 'macs',
  params: 'params',
  weights: 'weightsBytes',
  arena: 'arenaBytes',
  flash: 'flashBytes',
  cycles: 'cycles',
} as const satisfies Record<string, GoalMetric>;

type GoalFlag = keyof typeof goals;

interface Options extends DataFlags, Partial<Record<GoalFlag, string>> {
  output: string;
  data?: string;
  target?: string;
  measure?: boolean;
  sparsity?: string;
  threshold?: string;
  pattern?: string;
  scope?: Scope;
  schedule?: PruningSchedule;
  importance?: Importance;
  multipleOf?: string;
  rounds?: string;
  sparsify?: string;
  lasso?: string;
  groupLasso?: string;
  finetune?: string;
  batchSize?: string;
  learningRate?: string;
  seed?: string;
  checkpoint?: string;
  resume?: boolean;
}

export function pruneVerb(program: Command): void {
  addVerb<Options>(program, {
    usage: 'prune <model>',
    summary: 'channels out of a float model, or its small weights to 0',
    description:
      'Prunes a float model: takes whole channels out until a goal is met (what is left computes on as before), or sets the smallest weights to 0. Reports what that saves on the device, and accuracy on labeled data.',
    examples: [
      'prune model.tflite --macs 0.7 --data test.npz -o pruned.tflite',
      'prune model.tflite --arena 20000 --data test.npz --target pico -o pruned.tflite',
      'prune model.tflite --cycles 0.5 --scope global --multiple-of 4 --data test.npz -o pruned.tflite',
      'prune model.tflite --sparsity 0.8 --data test.npz -o sparse.tflite',
      'prune model.tflite --sparsity 0.9 --finetune 4 --data train.npz -o sparse.tflite',
      'prune model.tflite --sparsity 0.95 --schedule cubic --finetune 10 --data train.npz -o sparse.tflite',
      'prune model.tflite --macs 0.5 --group-lasso 0.01 --sparsify 4 --finetune 4 --data train.npz -o thin.tflite',
      'prune model.tflite --macs 0.3 --importance taylor --rounds 3 --finetune 2 --data train.npz -o thin.tflite',
      'prune model.tflite --pattern 2:4 -o sparse.tflite --json',
    ],
    options: (command) =>
      addDataOptions(
        command
          .requiredOption('-o, --output <file>', 'where the pruned model goes: .tflite or .onnx')
          .option(
            '-d, --data <file>',
            `samples with labels (${dataFormats}); with them the device’s figures are those of int8`,
          ),
        { recorded: true },
      )
        .option('--macs <limit>', 'channels go until this share of the MACs is left (0.7), or this many')
        .option('--params <limit>', 'the same for weights and biases')
        .option('--weights <limit>', 'the same for bytes of constants on the device')
        .option('--arena <limit>', 'the same for bytes of its RAM')
        .option('--flash <limit>', 'the same for bytes of the whole firmware, built')
        .option('--cycles <limit>', 'the same for cycles, measured on the virtual board')
        .option('--sparsity <share>', 'the smallest weights, this share of all, become 0')
        .option('--threshold <magnitude>', 'weights below it become 0')
        .option(
          '--pattern <pattern>',
          'N:M, of M weights in a row N stay; or RxC, blocks of outputs × inputs',
        )
        .addOption(
          new Option(
            '--scope <scope>',
            'layers compete (default for weights), or each gives the same share (for channels)',
          ).choices(['global', 'layer']),
        )
        .addOption(
          new Option(
            '--importance <name>',
            'what ranks channels: the norm of their filters (default: l1), or how the loss on the data changes without them',
          ).choices(['l1', 'l2', 'taylor']),
        )
        .option('--multiple-of <count>', 'bring the widths of layers to multiples of this')
        .option('--rounds <count>', 'take channels in so many steps, each ranked anew and fine-tuned')
        .addOption(
          new Option(
            '--schedule <name>',
            'weights go at once (default), or more and more while fine-tuning: the cubic schedule of Zhu and Gupta',
          ).choices(['one-shot', 'cubic']),
        )
        .option('--sparsify <epochs>', 'first train with a penalty that makes small what is not needed')
        .option('--lasso <lambda>', 'that penalty: λ times the sum of all weights’ magnitudes')
        .option('--group-lasso <lambda>', 'or λ times the norms of channels with all that belongs to them')
        .option('--finetune <epochs>', 'train what is left on nine tenths of the data; zeros stay zeros')
        .option('--learning-rate <rate>', 'of training, at its start (default: 0.001)')
        .option('--batch-size <count>', 'samples a step of training (default: 32)')
        .option('--seed <number>', 'of the order of samples and of those held out (default: 1)')
        .option('--checkpoint <file>', 'written after each epoch; earlier trainings add their name to it')
        .option('--resume', 'go on from the checkpoint, to the file that no interruption would have given')
        .option(
          '-t, --target <name>',
          'the board whose flash, RAM and cycles are counted',
          defaultTarget.name,
        )
        .option('--measure', 'build and run firmware before and after, for its flash and cycles'),
    async action([model], options, io) {
      const method = methodOf(options);
      const { pruneFile } = await import('../prune_file.js');
      const { formatPruning } = await import('../report/pruning.js');
      const { formatTrainProgress } = await import('../report/training.js');
      const { data, output, target, measure } = options;
      if (data === undefined && (options.normalize ?? options.labelColumn) !== undefined) {
        throw usage('--normalize and --label-column are about data', 'Give them with --data.');
      }
      const training = trainingsOf(options);
      const onProgress = io.progress('prune');
      const document = await pruneFile(io.readModel(model!), {
        ...{ method, data, output, target, measure, onProgress },
        reading: await readOptionsOf(options, io),
        sparsify: training.sparsify && {
          ...training.sparsify,
          onProgress: shown(io, 'sparsify', formatTrainProgress),
        },
        finetune: training.finetune && {
          ...training.finetune,
          onProgress: shown(io, 'fine-tune', formatTrainProgress),
        },
      });
      return { document, text: formatPruning(document) };
    },
  });
}

/** A bar that starts with the first step. */
function shown(io: Io, name: string, format: (p: TrainProgress) => string) {
  let bar: ReturnType<Io['progress']> | undefined;
  return (p: TrainProgress) => {
    bar ??= io.progress(name);
    bar(p.step, p.steps, format(p));
  };
}

/** Channels by one goal, or weights by sparsity, threshold or pattern; flags of the other way are refused. */
function methodOf(options: Options): Method {
  const { sparsity, threshold, pattern, schedule, scope, importance, multipleOf, rounds } = options;
  const flags = (Object.keys(goals) as GoalFlag[]).filter((flag) => options[flag] !== undefined);
  const { groupLasso } = options;
  const given = (flags: Record<string, unknown>) =>
    Object.entries(flags).flatMap(([flag, v]) => (v === undefined ? [] : [flag]));
  const ofWeights = given({ sparsity, threshold, pattern, schedule });
  const ofChannels = given({ importance, 'multiple-of': multipleOf, rounds, 'group-lasso': groupLasso });
  const [flag] = flags;
  const said = (list: readonly string[]) => list.map((name) => `--${name}`).join(' and ');
  if (flags.length > 1) throw usage(`${said(flags)} are two goals`, 'Give one of them.');
  if (flag !== undefined) {
    if (ofWeights.length > 0) {
      throw usage(
        `${said(ofWeights)} is about weights, --${flag} about channels`,
        'Prune twice, channels first.',
      );
    }
    const keepMultipleOf = multipleOf === undefined ? undefined : number(multipleOf, '--multiple-of', '4');
    return {
      goal: { metric: goals[flag], ...limitOf(options[flag]!, `--${flag}`) },
      ...{ scope, importance, keepMultipleOf },
      rounds: rounds === undefined ? undefined : number(rounds, '--rounds', '3'),
    };
  }
  if (ofWeights.length === 0)
    throw usage('nothing says how much to prune', 'Say --macs 0.7, or --sparsity 0.8.');
  if (ofChannels.length > 0) {
    throw usage(`${said(ofChannels)} is about channels, ${said(ofWeights)} about weights`, 'Leave it away.');
  }
  return {
    masks: {
      sparsity: sparsity === undefined ? undefined : number(sparsity, '--sparsity', '0.8'),
      threshold: threshold === undefined ? undefined : number(threshold, '--threshold', '0.01'),
      scope,
      pattern: pattern === undefined ? undefined : patternOf(pattern),
    },
    schedule,
  };
}

function trainingsOf(options: Options): Pick<PruneFileOptions, 'sparsify' | 'finetune'> {
  const { sparsify, lasso, groupLasso, finetune, learningRate, batchSize, seed, checkpoint, resume } =
    options;
  const penalties = { lasso, 'group-lasso': groupLasso };
  const [penalty, other] = Object.entries(penalties).flatMap(([kind, lambda]) =>
    lambda === undefined ? [] : [{ kind: kind as SparsePenalty['kind'], lambda }],
  );
  if (other) throw usage('--lasso and --group-lasso are two penalties', 'Give one of them.');
  if (penalty && sparsify === undefined) {
    throw usage(`--${penalty.kind} is about sparse training`, 'Say --sparsify 4 as well, or leave it away.');
  }
  if (!penalty && sparsify !== undefined) {
    throw usage(
      '--sparsify trains with a penalty, and none is given',
      'Say --group-lasso 0.01, or --lasso 0.0001.',
    );
  }
  if (finetune === undefined && sparsify === undefined) {
    const flags = { 'learning-rate': learningRate, 'batch-size': batchSize, seed, checkpoint, resume };
    const idle = Object.entries(flags).find(([, value]) => value !== undefined);
    if (idle) throw usage(`--${idle[0]} is about fine-tuning`, 'Say --finetune 4 as well, or leave it away.');
  }
  const each: Omit<FinetuneOptions, 'epochs'> = {
    learningRate: learningRate === undefined ? undefined : number(learningRate, '--learning-rate', '0.001'),
    batchSize: batchSize === undefined ? undefined : number(batchSize, '--batch-size', '32'),
    seed: seed === undefined ? undefined : number(seed, '--seed', '1'),
    ...{ checkpoint, resume },
  };
  return {
    sparsify: penalty && {
      ...each,
      epochs: number(sparsify!, '--sparsify', '4'),
      penalty: { kind: penalty.kind, lambda: number(penalty.lambda, `--${penalty.kind}`, '0.0001') },
    },
    finetune: finetune === undefined ? undefined : { ...each, epochs: number(finetune, '--finetune', '4') },
  };
}

/** Up to 1 a share, above an amount. */
function limitOf(text: string, flag: string): Limit {
  const value = number(text, flag, '0.7');
  return value > 1 ? { amount: value } : { share: value };
}

function patternOf(text: string): Pattern {
  const [, a, sign, b] = /^(\d+)([:x])(\d+)$/.exec(text) ?? [];
  if (sign === ':') return { n: Number(a), m: Number(b) };
  if (sign === 'x') return { rows: Number(a), columns: Number(b) };
  throw usage(
    `--pattern takes N:M or RxC, not ${JSON.stringify(text)}`,
    'Say --pattern 2:4 or --pattern 4x1.',
  );
}

function usage(message: string, hint: string) {
  return inputError('bad-usage', message, hint);
}
