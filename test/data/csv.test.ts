import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseCsv } from '../../src/data/csv.js';
import type { ReadOptions } from '../../src/data/index.js';
import { CrimpError, type Diagnostic, formatDiagnostic } from '../../src/diagnostics.js';
import { classifier, ports } from './ports.js';

const two = classifier([1, 2], 3);
const read = (text: string, options?: ReadOptions, graph = two) =>
  parseCsv(new TextEncoder().encode(text), graph, 'd.csv', options);

/** `code place: message` of each problem. */
function problemsOf(text: string, options?: ReadOptions): string[] {
  try {
    read(text, options);
  } catch (cause) {
    assert.ok(cause instanceof CrimpError, String(cause));
    return cause.diagnostics.map((d) => `${d.code} ${d.where?.place ?? ''}: ${d.message}`);
  }
  return [];
}

describe('which column is what', () => {
  const x = Float32Array.of(1, 2, 3, 4);
  const y = { values: Float64Array.of(0, 1), shape: [2] };

  test('a header is optional, and so is a label', () => {
    assert.deepEqual(read('1,2\n3,4\n'), { count: 2, inputs: [x] });
    assert.deepEqual(read('a,b\n1,2\n3,4'), { count: 2, inputs: [x] });
    assert.deepEqual(read('1,2,0\n3,4,1\n'), { count: 2, inputs: [x], y });
    assert.deepEqual(read('a,b,c\n1,2,0\n3,4,1\n'), { count: 2, inputs: [x], y });
  });

  test('the label is found by its name, wherever it stands', () => {
    for (const name of ['label', 'Class', 'TARGET', 'y']) {
      assert.deepEqual(read(`${name},a,b\n0,1,2\n1,3,4\n`), { count: 2, inputs: [x], y }, name);
      assert.deepEqual(read(`a,${name},b\n1,0,2\n3,1,4\n`), { count: 2, inputs: [x], y }, name);
    }
    assert.deepEqual(read('label,0,1\n0,1,2\n1,3,4\n'), { count: 2, inputs: [x], y });
    assert.deepEqual(read('0,1,y\n1,2,0\n3,4,1\n'), { count: 2, inputs: [x], y });
    assert.deepEqual(read('x,y\n1,2\n3,4\n'), { count: 2, inputs: [x] }, 'two columns are two values');
    const { y: names, count } = read('1,2,y\n3,4,n\n');
    assert.deepEqual([count, names!.values], [2, Int32Array.of(1, 0)], 'a class called y');
  });

  test('or chosen, by name or index', () => {
    assert.deepEqual(read('a,kind,b\n1,0,2\n3,1,4', { labelColumn: 'kind' }), { count: 2, inputs: [x], y });
    assert.deepEqual(read('0,1,2\n1,3,4', { labelColumn: '0' }), { count: 2, inputs: [x], y });
    assert.deepEqual(read('1,2,0\n3,4,1', { labelColumn: '-1' }), { count: 2, inputs: [x], y });
    assert.match(
      problemsOf('a,b,c\n1,2,0', { labelColumn: 'd' })[0]!,
      /data-missing line 1: has no column "d"/,
    );
    assert.match(problemsOf('1,2,0', { labelColumn: 'd' })[0]!, /data-missing line 1: names no columns/);
    assert.match(problemsOf('1,2,0', { labelColumn: '3' })[0]!, /data-missing/);
  });

  test('names of classes are numbered in sorted order, and told', () => {
    const notes: Diagnostic[] = [];
    const options: ReadOptions = { onNote: (note) => notes.push(note) };
    const { y: labels, classes } = read('a,b,class\n1,2,dog\n3,4,cat\n5,6,dog\n', options);
    assert.deepEqual([labels!.values, classes], [Int32Array.of(1, 0, 1), ['cat', 'dog']]);
    assert.deepEqual(notes.map(formatDiagnostic), ['note[data-classes] d.csv: labels are 0 cat, 1 dog']);
  });

  test('as the model numbers them, where it does', () => {
    const graph = { ...two, classes: ['ant', 'cat', 'dog'] };
    assert.deepEqual(read('1,2,dog\n3,4,dog\n', {}, graph).y!.values, Int32Array.of(2, 2));
    assert.throws(
      () => read('1,2,dog\n3,4,emu\n', {}, graph),
      /data-labels.*"emu", which is none of the model’s/,
    );
  });

  test('fractions are targets', () => {
    assert.deepEqual(read('1,2,0.5\n3,4,1\n').y!.values, Float64Array.of(0.5, 1));
  });

  test('several inputs take their columns in turn', () => {
    const graph = ports(
      { name: 'a', dtype: 'float32', shape: [1, 2] },
      { name: 'b', dtype: 'int32', shape: [1] },
    );
    const { inputs } = read('1,2,16777217,0\n3,4,6,1\n', {}, graph);
    assert.deepEqual(
      inputs.map((values) => [...values]),
      [
        [1, 2, 3, 4],
        [16777217, 6],
      ],
    );
  });
});

test('what spreadsheets do: a byte order mark, quotes, CRLF, semicolons, tabs, blank lines, spaces, comments', () => {
  const x = Float32Array.of(1, -0.25);
  for (const text of [
    '\ufeffa,b\r\n1,-2.5e-1\r\n',
    '"a","b"\n"1","-.25"\n',
    'a;b\n1;-0.25',
    'a\tb\n\n1\t-0.25\n\n',
    '# made by hand\n a , b \n 1 , -0.25 ',
  ]) {
    assert.deepEqual(read(text), { count: 1, inputs: [x] }, JSON.stringify(text));
  }
});

test('whole numbers that fill 0 … 255 come as bytes', () => {
  assert.deepEqual(read('0,255\n7,8').inputs, [Uint8Array.of(0, 255, 7, 8)]);
  assert.deepEqual(read('0,254\n7,8').inputs, [Float32Array.of(0, 254, 7, 8)]);
});

test('every problem is told with its line', () => {
  assert.deepEqual(problemsOf('a,b,label\n1,2,0\n1,2\n1,x,0\n\n1,NaN,1\n,2,1\n1,2,\n1,inf,nan\n'), [
    'data-shape line 3: has 2 values, and line 1 has 3',
    'data-values line 4: column 2 "b" is "x", no number',
    'data-values line 6: column 2 "b" is NaN',
    'data-values line 7: column 1 "a" is empty',
    'data-labels line 8: its label is empty',
    'data-values line 9: column 2 "b" is inf',
    'data-labels line 9: its label is nan',
  ]);
  assert.equal(problemsOf(`1,2\n${'1,x\n'.repeat(50)}`).length, 10);
  assert.deepEqual(problemsOf(''), ['data-shape : is empty']);
  assert.deepEqual(problemsOf('\n\n'), ['data-shape : is empty']);
  assert.deepEqual(problemsOf('a,b\n'), ['data-shape : holds a header and no samples']);
  assert.match(
    problemsOf('1,2,3,4\n')[0]!,
    /data-shape line 1: has 4 columns; a sample of the model has 2 values/,
  );
  assert.match(problemsOf('1\n')[0]!, /data-shape line 1: has 1 columns/);
  assert.match(problemsOf('1,2\n3,"4\n5,6\n')[0]!, /data-format line \d/);
});

test('whatever numbers are written come back', () => {
  const number = fc.float({ noNaN: true, noDefaultInfinity: true });
  const row = fc.tuple(number, number, fc.integer({ min: 0, max: 2 }));
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), fc.boolean(), (rows, header) => {
      const text = rows.map((cells) => cells.map((v) => (Object.is(v, -0) ? '-0' : v)).join(',')).join('\n');
      const { count, inputs, y } = read(header ? `a,b,label\n${text}` : text);
      assert.equal(count, rows.length);
      const values = rows.flatMap((cells) => cells.slice(0, 2));
      assert.deepEqual(
        Array.from(inputs[0] as Float32Array, (v) => v + 0),
        values.map((v) => v + 0),
      );
      assert.deepEqual(
        [...(y!.values as Float64Array)],
        rows.map(([, , label]) => label),
      );
    }),
    { seed: 3, numRuns: 100 },
  );
});

test('no bytes end in anything but data or a diagnostic', () => {
  const text = fc.string({
    unit: fc.constantFrom('1', '2', ',', ';', '\n', '"', 'a', '.', '-', ' ', '#', 'é'),
  });
  fc.assert(
    fc.property(text, (some) => {
      problemsOf(some);
    }),
    { seed: 5, numRuns: 300 },
  );
});
