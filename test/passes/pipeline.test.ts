/** The pipeline and what it says of itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graphBuilder } from '../../src/graph/build.js';
import { optimize, optimizeWithLog, passes } from '../../src/passes/index.js';
import { formatPasses, reportPasses } from '../../src/report/passes.js';
import { proveGraphs } from '../property/harness.js';
import { fixtures, floatInterface } from '../support/models.js';
import { proveSame } from './prove.js';
import { randomGraph } from './random_graph.js';

const spec = { dtype: 'float32', shape: [1, 4] } as const;

function withDeadOps() {
  const g = graphBuilder('g');
  const x = g.input('x', spec);
  const dead = g.op('RELU', 'dead', [x], {}, spec);
  g.op('TANH', 'deader', [dead], {}, spec);
  return g.build(g.op('LOGISTIC', 'y', [x], {}, spec));
}

test('the log says which pass did what to which op', () => {
  const graph = withDeadOps();
  const { graph: after, steps } = optimizeWithLog(graph);
  proveSame(graph, after);
  assert.deepEqual(steps, [
    {
      pass: 'remove-dead-ops',
      opsBefore: 3,
      opsAfter: 1,
      changes: ['RELU "dead" removed', 'TANH "deader" removed'],
    },
  ]);
  const text = formatPasses(reportPasses(graph, []));
  assert.match(
    text,
    /^passes: 3 ops of the model, 1 of the C\n {2}remove-dead-ops: 3 → 1 op\n {4}RELU "dead" removed\n/,
  );
  assert.deepEqual(optimize(graph), after);
  assert.equal(optimize(after), after, 'what is optimized stays as it is');
});

test('where there is nothing to do nothing is said, and an unsound model is not touched', () => {
  assert.deepEqual(optimizeWithLog(fixtures.conv!()).steps, []);
  const problem = { code: 'unsupported-op', severity: 'error', message: '', hint: '' } as const;
  assert.equal(reportPasses(withDeadOps(), [problem]), null);
  assert.match(formatPasses(null), /once everything is supported/);
});

const graphs = Array.from({ length: 80 }, (_, i) => randomGraph(i + 1, 6 + (i % 20)));

test('every pass, and all of them, answer random graphs as before', () => {
  const busy = new Set<string>();
  for (const graph of graphs) {
    for (const { name, run } of passes) {
      const after = run(graph);
      if (after === graph) continue;
      busy.add(name);
      proveSame(graph, after, { samples: 1 });
    }
    const { graph: after, steps } = optimizeWithLog(graph);
    proveSame(graph, after, { samples: 2 });
    for (const { pass } of steps) busy.add(pass);
    assert.equal(optimize(after), after, 'the passes have come to rest');
  }
  assert.deepEqual([...busy].sort(), passes.map((pass) => pass.name).sort());
});

test('the C of what passes made of random graphs answers as they did', async () => {
  await proveGraphs(graphs.slice(0, 20), { samples: 2 });
});

test('every network answers as before', () => {
  const models = [
    ...Object.values(fixtures).flatMap((make) => [make('int8'), make('float32')]),
    floatInterface(),
  ];
  for (const graph of models) proveSame(graph, optimize(graph));
});
