/**
 * The C printer: indentation, wrapping, comments and arrays, formatted in one place. Emitters say what, never
 * how it looks.
 */
export class Printer {
  private readonly lines: string[] = [];
  private depth = 0;

  /** One line at the current indentation; an empty string is a blank line. */
  line(text = ''): this {
    this.lines.push(text === '' ? '' : '    '.repeat(this.depth) + text);
    return this;
  }

  toString(): string {
    return `${this.lines.join('\n')}\n`;
  }
}
