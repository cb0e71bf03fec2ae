/** Whether a student can learn from a teacher on these data; every reason why not. */
import type { Dataset } from '../../data/index.js';
import { type Diagnostic, error } from '../../diagnostics.js';
import { elementCount } from '../../graph/access.js';
import type { Graph } from '../../graph/graph.js';
import { checkTraining } from '../../train/check.js';
import { type Loss, outputSize } from '../../train/loss.js';
import type { Settings } from '../../train/options.js';
import { variablesOf } from '../../train/variables.js';
import { checkLayers, type LayerPair } from './layers.js';
import type { Mixing } from './loss.js';

/** What is asked of the student. */
interface Wanted extends Mixing {
  readonly pairs: readonly LayerPair[];
}

export function checkDistillation(
  teacher: Graph,
  student: Graph,
  data: Dataset,
  settings: Settings,
  wanted: Wanted,
): Diagnostic[] {
  const { validation } = settings;
  const sets: [string, Dataset][] = [['the data', data]];
  if (typeof validation === 'object') sets.push(['the validation data', validation]);
  const unlabeled = sets.filter(([, { labels }]) => !labels);
  // Labels are looked at where there are any: they have to be classes of the student.
  const loss: Loss = unlabeled.length === 0 ? 'cross-entropy' : ({ logits }) => logits;
  return [
    ...checkPair(teacher, student),
    ...checkMixing(wanted),
    ...checkLayers(teacher, student, wanted.pairs, settings.batchSize),
    ...(wanted.alpha === 1 ? [] : unlabeled.map(([what]) => noLabels(what))),
    ...checkTraining(student, variablesOf(student), data, { ...settings, loss }),
  ];
}

function checkPair(teacher: Graph, student: Graph): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const [known, wanted] = [teacher, student].map(outputSize) as [number, number];
  if (known !== wanted) {
    const message = `${teacher.name}, the teacher, has ${known} classes, and ${student.name}, the student, ${wanted}`;
    problems.push(error('distill-pair', message, 'Give a student with as many outputs as its teacher.'));
  } else if (known < 2) {
    const message = `${teacher.name} and ${student.name} have ${known} output, which is no choice between classes`;
    problems.push(error('distill-pair', message, 'Train the student with the loss mse.'));
  }
  // A flattened image is the same image.
  const sizes = (graph: Graph) => graph.inputs.map((t) => elementCount(graph.tensors[t]!.shape)).join();
  if (sizes(teacher) !== sizes(student)) {
    const message = `${teacher.name}, the teacher, reads ${shapes(teacher)}, and ${student.name}, the student, ${shapes(student)}`;
    problems.push(error('distill-pair', message, 'Give a student with the same inputs as its teacher.'));
  }
  return problems;
}

function shapes(graph: Graph): string {
  return graph.inputs.map((t) => `[${graph.tensors[t]!.shape}]`).join(' and ');
}

function checkMixing({ temperature, alpha }: Mixing): Diagnostic[] {
  const problems: Diagnostic[] = [];
  if (!(temperature > 0 && temperature < Infinity)) {
    problems.push(error('distill-option', `the temperature is ${temperature}`, 'Give a positive number.'));
  }
  if (!(alpha >= 0 && alpha <= 1)) {
    problems.push(error('distill-option', `alpha is ${alpha}`, 'Give a number from 0 to 1.'));
  }
  return problems;
}

function noLabels(what: string): Diagnostic {
  const hint =
    'Save them as "y" beside the samples "x" in an .npz, or learn from the teacher alone: alpha 1.';
  return error('data-labels', `${what} hold no labels, which alpha below 1 asks for`, hint);
}
