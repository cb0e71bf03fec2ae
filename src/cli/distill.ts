/** `crimp distill`: a small float model, taught by what a large one answers. */
import type { Command } from 'commander';
import type { DistillFileOptions } from '../distill_file.js';
import { readModelFile } from '../model_file.js';
import { addTrainingOptions, number, type TrainingFlags, trainingOptionsOf } from './training_options.js';
import { addVerb, type Io } from './verb.js';

interface Options extends TrainingFlags, Pick<DistillFileOptions, 'data' | 'output'> {
  student: string;
  temperature?: string;
  alpha?: string;
}

export function distillVerb(program: Command): void {
  addVerb<Options>(program, {
    usage: 'distill <teacher>',
    summary: 'a small float model, taught by a large one',
    description:
      'Trains a small float model, the student, from where its weights are, on the answers of a large one, the teacher, float or quantized, and on labels. Reports the accuracy of both.',
    examples: [
      'distill large.tflite --student small.tflite --data train.npz --epochs 20 -o taught.tflite',
      'distill large.tflite --student small.tflite --data train.npz --validation 0.1 -o taught.tflite',
      'distill large.tflite --student small.tflite --data unlabeled.npz --alpha 1 -o taught.tflite --json',
    ],
    options: (command) =>
      addTrainingOptions(
        command
          .requiredOption('--student <model>', 'the float model to train: same inputs, as many classes')
          .requiredOption('-d, --data <file>', 'samples: .npz with x, and labels y unless alpha is 1')
          .requiredOption('-o, --output <file>', 'where the taught .tflite goes')
          .option('--temperature <number>', 'softens the answers of both (default: 4)')
          .option('--alpha <share>', 'of the teacher in the loss; labels have the rest (default: 0.7)'),
      ),
    async action([teacher], options, io) {
      const { student, data, output } = options;
      const mixing = mixingOf(options);
      const training = trainingOptionsOf(options);
      const { distillFile } = await import('../distill_file.js');
      const { formatDistillation } = await import('../report/distillation.js');
      const { formatTrainProgress } = await import('../report/training.js');
      let teaching: ReturnType<Io['progress']> | undefined;
      let learning: ReturnType<Io['progress']> | undefined;
      const document = await distillFile(readModelFile(teacher!), readModelFile(student), {
        ...{ data, output },
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

function mixingOf({ temperature, alpha }: Options) {
  return {
    temperature: temperature === undefined ? undefined : number(temperature, '--temperature', '4'),
    alpha: alpha === undefined ? undefined : number(alpha, '--alpha', '0.7'),
  };
}
