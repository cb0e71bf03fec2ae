/**
 * Distillation as Hinton et al. 2015 show it: a large network that has seen shifted digits teaches a small one, which sees
 * the digits as they are. The small one has the widths of LeCun's LeNet-5 of 1998, the large one those of Caffe's.
 */
import { distill } from '../../../src/compress/distill/distill.js';
import { macsOfGraph } from '../../../src/compress/prune/cost.js';
import { train } from '../../../src/train/train.js';
import { lenet5 } from '../networks.js';
import { accuracyOf, type Experiment } from '../setting.js';

const teaching = {
  epochs: 12,
  batchSize: 64,
  learningRate: 2e-3,
  schedule: 'cosine',
  augment: { shift: 2 },
} as const;
/** The same for the student alone, the student that is taught, and one that sees what the teacher saw. */
const learning = { epochs: 30, batchSize: 64, learningRate: 2e-3, schedule: 'cosine' } as const;
const mixing = { temperature: 8, alpha: 0.95 } as const;

export const distillation: Experiment = {
  name: 'distillation',
  async run(setting) {
    const teacher = await setting.model('lenet_5_teacher', async () => {
      const options = { ...teaching, ...setting.training('lenet_5, teacher') };
      return (await train(lenet5(setting.seed), setting.train, options)).graph;
    });
    const student = lenet5(setting.seed, { conv1: 6, conv2: 16, dense: 120, name: 'lenet_5_student' });
    const options = (what: string) => ({ ...learning, ...setting.training(what) });
    const alone = await train(student, setting.train, options('student, alone'));
    const taught = await distill(teacher, student, setting.train, {
      ...options('student, taught'),
      ...mixing,
    });
    const shifted = await train(student, setting.train, {
      ...options('student, alone, on shifted digits'),
      augment: teaching.augment,
    });
    return {
      teacher: await accuracyOf(teacher, setting),
      alone: await accuracyOf(alone.graph, setting),
      taught: await accuracyOf(taught.graph, setting),
      aloneShifted: await accuracyOf(shifted.graph, setting),
      teacherMacs: macsOfGraph(teacher),
      studentMacs: macsOfGraph(student),
    };
  },
};
