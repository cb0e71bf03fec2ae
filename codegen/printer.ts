/**
 * The C printer: indentation, wrapping, comments and arrays, formatted in one place. Emitters say what, never
 * how it looks.
 */

const width = 100;
const indent = '    ';

export class Printer {
  private readonly lines: string[] = [];
  private depth = 0;

  /** One line at the current indentation; an empty string is a blank line. */
  line(text = ''): this {
    this.lines.push(text === '' ? '' : indent.repeat(this.depth) + text);
    return this;
  }

  /** `head {`, the body one step further in, `}` and what follows it (`;` after an initializer). */
  block(head: string, body: () => void, tail = ''): this {
    this.line(`${head} {`);
    this.depth++;
    body();
    this.depth--;
    return this.line(`}${tail}`);
  }

  /** A function, its brace on a line of its own as in the kernels. */
  function(head: string, body: () => void): this {
    this.line(head).line('{');
    this.depth++;
    body();
    this.depth--;
    return this.line('}');
  }

  /** `for (int32_t i = 0; i < count; ++i) { … }` */
  loop(variable: string, count: number, body: () => void): this {
    return this.block(`for (int32_t ${variable} = 0; ${variable} < ${count}; ++${variable})`, body);
  }

  /** A call as a statement, its arguments wrapped under the first one. */
  call(name: string, args: readonly string[]): this {
    const open = `${name}(`;
    const room = width - indent.length * this.depth - open.length - 2;
    const pad = ' '.repeat(open.length);
    fill(args, ', ', Math.max(room, 20)).forEach((row, i, rows) => {
      this.line(`${i === 0 ? open : pad}${row}${i === rows.length - 1 ? ');' : ','}`);
    });
    return this;
  }

  /** A comment of one or more paragraphs, wrapped; each paragraph starts a line. */
  comment(...paragraphs: string[]): this {
    const room = width - indent.length * this.depth - 6;
    const rows = paragraphs.flatMap((p) => fill(commentText(p).split(' '), ' ', room));
    if (rows.length === 1) return this.line(`/* ${rows[0]} */`);
    this.line('/*');
    for (const row of rows) this.line(row === '' ? ' *' : ` * ${row}`);
    return this.line(' */');
  }

  /** `declaration = { … };` with the numbers in columns, or in one line when they fit. */
  array(declaration: string, literals: readonly string[]): this {
    const single = `${declaration} = {${literals.join(', ')}};`;
    if (literals.length <= 16 && single.length + indent.length * this.depth <= width)
      return this.line(single);
    const cell = literals.reduce((n, text) => Math.max(n, text.length), 0);
    const fit = Math.max(1, Math.floor((width - indent.length * (this.depth + 1)) / (cell + 2)));
    const columns = fit >= 8 ? 2 ** Math.floor(Math.log2(fit)) : fit;
    return this.block(
      `${declaration} =`,
      () => {
        for (let i = 0; i < literals.length; i += columns) {
          this.line(
            `${literals
              .slice(i, i + columns)
              .map((text) => text.padStart(cell))
              .join(', ')},`,
          );
        }
      },
      ';',
    );
  }

  /** `declaration = { … };` with an item a line, or in one line when they fit. */
  list(declaration: string, items: readonly string[]): this {
    const single = `${declaration} = {${items.join(', ')}};`;
    if (single.length + indent.length * this.depth <= width) return this.line(single);
    const body = () => {
      for (const item of items) this.line(`${item},`);
    };
    return this.block(`${declaration} =`, body, ';');
  }

  toString(): string {
    return `${this.lines.join('\n')}\n`;
  }
}

/** Text that is safe inside a C comment under -Wcomment and -Wtrigraphs, whatever a model calls its tensors. */
function commentText(text: string): string {
  return text
    .replace(/[^\x20-\x7e]+/g, '_')
    .replace(/\*\/|\/\*/g, '_')
    .replace(/\?\?/g, '_')
    .replace(/\\+$/, '_');
}

/** Joins words into rows of at most `room` characters. */
function fill(words: readonly string[], separator: string, room: number): string[] {
  const rows: string[] = [];
  let row: string | undefined;
  for (const word of words) {
    if (row === undefined) row = word;
    else if (row.length + separator.length + word.length <= room) row += separator + word;
    else {
      rows.push(row);
      row = word;
    }
  }
  rows.push(row ?? '');
  return rows;
}
