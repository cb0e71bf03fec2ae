/**
 * Distillation as Hinton et al. 2015 show it: a large network that has seen shifted digits teaches a small one on what it
 * answers of them. The small one has the widths of LeCun's LeNet-5 of 1998, the large one those of Caffe's.
 */
import { distill } from '../../../src/compress/distill/distill.js';
import { macsOfGraph } from '../../../src/compress/prune/cost.js';
import { train } from '../../../src/train/train.js';
import { savedOnDevice } from '../device.js';
import { lenet5 } from '../networks.js';
import { accuracyOf, type Experiment } from '../setting.js';

const teaching = {
  epochs: 12,
  batchSize: 64,
  learningRate: 2e-3,
  schedule: 'cosine',
  augment: { shift: 2 },
} as const;
/** The same for the student alone, the student that is taught, and one that sees shifted digits but no teacher. */
const learning = { epochs: 30, batchSize: 64, learningRate: 2e-3, schedule: 'cosine' } as const;
const mixing = { temperature: 2, alpha: 0.5 } as const;

export const distillation: Experiment = {
  name: 'distillation',
  async run(setting) {
    const { seed, train: digits } = setting;
    const { augment } = teaching;
    const student = lenet5(seed, { conv1: 6, conv2: 16, dense: 120, name: 'lenet_5_student' });
    const teacher = await setting.model('lenet_5_teacher', async () => {
      const options = { ...teaching, ...setting.training('lenet_5, teacher') };
      return (await train(lenet5(seed), digits, options)).graph;
    });
    const alone = await setting.model('student_alone', async () => {
      const options = { ...learning, ...setting.training('student, alone') };
      return (await train(student, digits, options)).graph;
    });
    const taught = await setting.model('student_taught', async () => {
      const options = { ...learning, ...mixing, augment, ...setting.training('student, taught') };
      return (await distill(teacher, student, digits, options)).graph;
    });
    const shifted = await setting.model('student_alone_shifted', async () => {
      const options = { ...learning, augment, ...setting.training('student, alone, on shifted digits') };
      return (await train(student, digits, options)).graph;
    });
    return {
      teacher: await accuracyOf(teacher, setting),
      alone: await accuracyOf(alone, setting),
      taught: await accuracyOf(taught, setting),
      aloneShifted: await accuracyOf(shifted, setting),
      teacherMacs: macsOfGraph(teacher),
      studentMacs: macsOfGraph(student),
      device: await savedOnDevice(teacher, taught, setting),
    };
  },
};
