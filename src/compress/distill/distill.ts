/** Trains a small model on what a large one answers. */
import type { Dataset } from '../../data/index.js';
import { inputError, throwIfErrors } from '../../diagnostics.js';
import type { Graph } from '../../graph/graph.js';
import { settingsOf, type TrainOptions } from '../../train/options.js';
import { type Trained, train } from '../../train/train.js';
import { checkDistillation } from './check.js';
import { logits } from './logits.js';
import { distillationLoss, type Mixing } from './loss.js';

export interface DistillOptions extends Omit<TrainOptions, 'loss'>, Partial<Mixing> {
  /** How many samples the teacher has answered, where that takes long. */
  readonly onTeacher?: (done: number, total: number) => void;
}

/** What stands where nothing is said. */
export const defaultMixing: Mixing = { temperature: 4, alpha: 0.7 };

/**
 * @param teacher float32 or quantized; answers each sample once
 * @param student float32, with as many inputs of as many values, and as many outputs as the teacher; training starts from
 *   its weights
 * @param dataset with labels, unless alpha is 1
 * @returns as `train`: the same seed gives the same bytes
 * @throws CrimpError with every reason why it cannot begin: `distill-pair`, `distill-option`, `teacher-answers`, and those of
 *   `train`
 */
export async function distill(
  teacher: Graph,
  student: Graph,
  dataset: Dataset,
  { temperature, alpha, onTeacher, ...options }: DistillOptions = {},
): Promise<Trained> {
  const mixing: Mixing = {
    temperature: temperature ?? defaultMixing.temperature,
    alpha: alpha ?? defaultMixing.alpha,
  };
  const settings = { ...options, loss: distillationLoss(mixing) };
  throwIfErrors(checkDistillation(teacher, student, dataset, settingsOf(settings), mixing));
  const { backend, signal, validation } = options;
  const answered = async (data: Dataset): Promise<Dataset> => {
    const targets = await logits(teacher, data, { backend, signal, onProgress: onTeacher });
    if (targets.every(Number.isFinite)) return { ...data, targets };
    const message = `${teacher.name}, the teacher, gives answers that are no finite numbers`;
    throw inputError('teacher-answers', message, 'Check its weights and the range of the data.');
  };
  return train(student, await answered(dataset), {
    ...settings,
    validation: typeof validation === 'object' ? await answered(validation) : validation,
    // For the checkpoint, which cannot look into the loss: another mixing is another training.
    ...mixing,
  });
}
