/** Distillation: a thin LeNet-5, taught by a whole one and alone. */
import { distill } from '../../../src/compress/distill/distill.js';
import { macsOfGraph } from '../../../src/compress/prune/cost.js';
import { train } from '../../../src/train/train.js';
import { lenet5 } from '../networks.js';
import { accuracyOf, type Experiment } from '../setting.js';

const teaching = {
  epochs: 15,
  batchSize: 64,
  learningRate: 1.5e-3,
  schedule: 'cosine',
  augment: { shift: 2 },
} as const;
/** The same for the student alone and the student that is taught. */
const learning = { epochs: 20, batchSize: 64, learningRate: 2e-3, schedule: 'cosine' } as const;
const mixing = { temperature: 8, alpha: 0.9 } as const;

export const distillation: Experiment = {
  name: 'distillation',
  async run(setting) {
    const teacher = await setting.model('lenet_5_teacher', async () => {
      const options = { ...teaching, ...setting.training('lenet_5, teacher') };
      return (await train(lenet5(setting.seed), setting.train, options)).graph;
    });
    const student = lenet5(setting.seed, { conv1: 4, conv2: 12, dense: 50, name: 'lenet_5_student' });
    const options = (what: string) => ({ ...learning, ...setting.training(what) });
    const alone = await train(student, setting.train, options('student, alone'));
    const taught = await distill(teacher, student, setting.train, {
      ...options('student, taught'),
      ...mixing,
    });
    return {
      teacher: await accuracyOf(teacher, setting),
      alone: await accuracyOf(alone.graph, setting),
      taught: await accuracyOf(taught.graph, setting),
      teacherMacs: macsOfGraph(teacher),
      studentMacs: macsOfGraph(student),
    };
  },
};
