/** The model, or a smaller one in its place, learns from a teacher. */
import { distill } from '../../compress/distill/distill.js';
import { shrink } from '../../compress/distill/shrink.js';
import type { Graph } from '../../graph/graph.js';
import { initialize } from '../../train/initialize.js';
import type { DistillStep } from './distill_fields.js';
import type { StepContext, StepResult } from './step.js';
import { teacherOf } from './teacher.js';
import { trainingOptions } from './training.js';

export async function runDistill(graph: Graph, step: DistillStep, context: StepContext): Promise<StepResult> {
  const {
    step: _,
    teacher,
    student: __,
    shrink: ___,
    macs: ____,
    fresh: _____,
    seed: ______,
    layers,
    ...fields
  } = step;
  const student = await studentOf(graph, step, context);
  const taught = await distill(teacherOf(teacher, context), student, context.data.train!, {
    ...trainingOptions(student, fields, context, 'distill'),
    layers,
    onTeacher: (done, total) => context.onProgress('teacher', done, total),
  });
  const { history, epoch } = taught;
  return { graph: taught.graph, outcome: { history, epoch } };
}

async function studentOf(graph: Graph, step: DistillStep, context: StepContext): Promise<Graph> {
  const { student, shrink: width, macs, fresh } = step;
  const made = student === undefined ? graph : context.named(student);
  const size = width === undefined ? macs && { macs: limitOf(macs) } : { width };
  const small = size ? { ...(await shrink(made, size)), name: made.name } : made;
  return fresh ? initialize(small, context.seed) : small;
}

/** Up to 1 a share, above an amount. */
function limitOf(value: number) {
  return value > 1 ? { amount: value } : { share: value };
}
