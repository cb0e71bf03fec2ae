/** `crimp distill`: a small float model, taught by what a large one answers. */
import { type Command, Option } from 'commander';
import { defaultTarget } from '../../targets/index.js';
import type { StudentForm } from '../compress/distill/distill_quantized.js';
import type { LayerPair } from '../compress/distill/layers.js';
import { inputError } from '../diagnostics.js';
import type { DistillFileOptions, Student } from '../distill_file.js';
import { addDataOptions, type DataFlags, dataFormats, readOptionsOf } from './data_options.js';
import { addTrainingOptions, number, type TrainingFlags, trainingOptionsOf } from './training_options.js';
import { addVerb, type Io } from './verb.js';

interface Options
  extends TrainingFlags,
    DataFlags,
    Pick<StudentForm, 'activations' | 'weights'>,
    Pick<DistillFileOptions, 'data' | 'output' | 'keepZeros' | 'target' | 'measure'> {
  student?: string;
  shrink?: string;
  macs?: string;
  fresh?: boolean;
  temperature?: string;
  alpha?: string;
  layer?: string[];
  qat?: string;
  clusters?: string;
}

export function distillVerb(program: Command): void {
  addVerb<Options>(program, {
    usage: 'distill <teacher>',
    summary: 'a small float model, taught by a large one',
    description:
      'Trains a small float model, the student, on the answers of a large one, the teacher, float or quantized, and on labels. The student is a model of its own, trained from where its weights are, or made of the teacher by taking channels out. Reports the accuracy of both, and what they take of the device.',
    examples: [
      'distill large.tflite --student small.tflite --data train.npz --epochs 20 -o taught.tflite',
      'distill large.tflite --macs 0.125 --data train.npz --validation 0.1 -o taught.tflite',
      'distill large.tflite --shrink 0.25 --fresh --data train.npz --shift 2 -o taught.tflite',
      'distill large.tflite --macs 0.25 --layer conv1 --layer conv2=conv2:0.5 --data train.npz -o taught.tflite',
      'distill large.tflite --macs 0.125 --data train.npz --epochs 20 --qat 4 -o taught_int8.tflite',
      'distill large.tflite --student small.tflite --data unlabeled.npz --alpha 1 -o taught.tflite --json',
    ],
    options: (command) =>
      addTrainingOptions(
        addDataOptions(
          command
            .requiredOption('-d, --data <file>', `samples, with labels unless alpha is 1: ${dataFormats}`)
            .requiredOption('-o, --output <file>', 'where the taught model goes: .tflite or .onnx'),
          { recorded: true },
        )
          .option('--student <model>', 'the float model to train: same inputs, as many classes')
          .option('--shrink <share>', 'or the teacher with this share of each layer’s channels (0.25)')
          .option(
            '--macs <limit>',
            'or with channels taken out until this share of the MACs is left (0.125), or this many',
          )
          .option('--fresh', 'a student made of the teacher forgets its weights, and starts from random ones')
          .option('--keep-zeros', 'weights of the student that pruning has set to 0 stay 0')
          .option('--temperature <number>', 'softens the answers of both (default: 4)')
          .option('--alpha <share>', 'of the teacher in the loss; labels have the rest (default: 0.7)')
          .option(
            '--layer <pair>',
            'TEACHER=STUDENT[:WEIGHT], layers whose values are to be alike, by name; repeatable',
            (pair: string, pairs: string[] = []) => [...pairs, pair],
          ),
      )
        .option('--qat <epochs>', 'then so many more, in which the student computes as its integers will')
        .addOption(new Option('--activations <dtype>', 'with --qat').choices(['int8', 'int16']))
        .addOption(new Option('--weights <dtype>', 'with --qat').choices(['int8', 'int4']))
        .option('--clusters <count>', 'with --qat: at most so many distinct weights in a layer')
        .option(
          '-t, --target <name>',
          'the board whose flash, RAM and cycles are counted',
          defaultTarget.name,
        )
        .option('--measure', 'build and run firmware of both, for its flash and cycles'),
    async action([teacher], options, io) {
      const { data, output, keepZeros, target, measure } = options;
      const student = studentOf(options, io);
      const mixing = mixingOf(options);
      const layers = options.layer?.map(pairOf);
      const qat = formOf(options);
      const training = trainingOptionsOf(options);
      const { distillFile } = await import('../distill_file.js');
      const { formatDistillation } = await import('../report/distillation.js');
      const { formatTrainProgress } = await import('../report/training.js');
      let teaching: ReturnType<Io['progress']> | undefined;
      let learning: ReturnType<Io['progress']> | undefined;
      const document = await distillFile(io.readModel(teacher!), student(), {
        reading: await readOptionsOf(options, io),
        ...{ data, output, keepZeros, target, measure, layers, qat },
        ...mixing,
        ...training,
        onTeacher: (done, total) => {
          teaching ??= io.progress('teacher');
          teaching(done, total);
        },
        onProgress: (p) => {
          learning ??= io.progress('distill');
          learning(p.step, p.steps, formatTrainProgress(p));
        },
      });
      return { document, text: formatDistillation(document) };
    },
  });
}

/** One of three ways to say who the student is. */
function studentOf({ student, shrink, macs, fresh }: Options, io: Io): () => Student {
  const given = Object.entries({ student, shrink, macs }).filter(([, value]) => value !== undefined);
  if (given.length !== 1) {
    const message =
      given.length === 0
        ? 'nothing says who the student is'
        : `${given.map(([flag]) => `--${flag}`).join(' and ')} are ${given.length} students`;
    throw inputError('bad-usage', message, 'Say --student FILE, --shrink 0.25 or --macs 0.125.');
  }
  if (student !== undefined) {
    if (!fresh) return () => io.readModel(student);
    const hint = 'Start it anew by `crimp train --fresh`, or leave the flag away.';
    throw inputError('bad-usage', '--fresh is about a student made of the teacher', hint);
  }
  if (shrink !== undefined) {
    const width = number(shrink, '--shrink', '0.25');
    return () => ({ size: { width }, fresh });
  }
  const limit = number(macs!, '--macs', '0.125');
  return () => ({ size: { macs: limit > 1 ? { amount: limit } : { share: limit } }, fresh });
}

/** Names may hold all letters, so that the weight is what stands behind the last colon, if that is a number. */
function pairOf(text: string): LayerPair {
  const [, names, weight] = /^(.*?)(?::([\d.eE+-]+))?$/s.exec(text)!;
  const [teacher, student = teacher, ...more] = names!.split('=');
  if (!teacher || !student || more.length > 0) {
    const message = `--layer takes TEACHER=STUDENT[:WEIGHT], not ${JSON.stringify(text)}`;
    throw inputError('bad-usage', message, 'Say --layer conv1=conv1 or --layer conv1=conv1:0.5.');
  }
  const of =
    weight === undefined ? undefined : number(weight, '--layer TEACHER=STUDENT:WEIGHT', 'conv1=conv1:0.5');
  return { teacher, student, weight: of };
}

function formOf({ qat, activations, weights, clusters }: Options): DistillFileOptions['qat'] {
  const [flag] =
    Object.entries({ activations, weights, clusters }).find(([, value]) => value !== undefined) ?? [];
  if (qat === undefined && flag !== undefined) {
    const hint = 'Say --qat 4 as well, or leave it away and quantize the student afterwards.';
    throw inputError('bad-usage', `--${flag} is about a quantized student`, hint);
  }
  if (qat === undefined) return undefined;
  const most = clusters === undefined ? undefined : number(clusters, '--clusters', '16');
  return { epochs: number(qat, '--qat', '4'), activations, weights, clusters: most };
}

function mixingOf({ temperature, alpha }: Options) {
  return {
    temperature: temperature === undefined ? undefined : number(temperature, '--temperature', '4'),
    alpha: alpha === undefined ? undefined : number(alpha, '--alpha', '0.7'),
  };
}
