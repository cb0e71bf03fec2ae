/** Numbers as C literals of exactly their type, silent under -Wconversion on 32- and 64-bit compilers. */
import type { DType } from '../src/graph/graph.js';
import type { Constant } from './layer.js';

export type CType = Constant['ctype'];

/** The C type that holds one element in the arena; int4 is held unpacked. */
export const ctypeOf: Readonly<Record<DType, CType>> = {
  int4: 'int8_t',
  int8: 'int8_t',
  uint8: 'uint8_t',
  bool: 'uint8_t',
  int16: 'int16_t',
  int32: 'int32_t',
  int64: 'int64_t',
  float32: 'float',
};

const bytesOf: Readonly<Record<CType, number>> = {
  int8_t: 1,
  uint8_t: 1,
  int16_t: 2,
  uint16_t: 2,
  int32_t: 4,
  uint32_t: 4,
  int64_t: 8,
  float: 4,
};

export function sizeOf(ctype: CType): number {
  return bytesOf[ctype];
}

/** A float32 as the shortest decimal that reads back to it; a quotient where C has no literal. */
export function floatLiteral(value: number): string {
  if (Number.isNaN(value)) return '(0.0f / 0.0f)';
  if (!Number.isFinite(value)) return value > 0 ? '(1.0f / 0.0f)' : '(-1.0f / 0.0f)';
  if (Object.is(value, -0)) return '-0.0f';
  for (let digits = 1; digits <= 9; digits++) {
    const text = String(Number(value.toPrecision(digits)));
    if (Math.fround(Number(text)) === Math.fround(value)) return `${/[.e]/.test(text) ? text : `${text}.0`}f`;
  }
  return `${value.toPrecision(9)}f`;
}

export function literals(constant: Pick<Constant, 'ctype' | 'data'>): string[] {
  const { ctype, data } = constant;
  const format = formats[ctype] ?? String;
  const out: string[] = new Array(data.length);
  for (let i = 0; i < data.length; i++) out[i] = format(data[i]!);
  return out;
}

const formats: Partial<Record<CType, (value: number | bigint) => string>> = {
  int32_t: (v) => (Number(v) === -2147483648 ? 'INT32_MIN' : String(v)),
  uint32_t: (v) => `${v}u`,
  int64_t: (v) => (BigInt(v) === -(1n << 63n) ? 'INT64_MIN' : `INT64_C(${v})`),
  float: (v) => floatLiteral(Number(v)),
};

/** `(int8_t *)(kws_arena + 512)` */
export function arenaPointer(prefix: string, type: string, offset: number): string {
  return offset === 0 ? `(${type} *)${prefix}_arena` : `(${type} *)(${prefix}_arena + ${offset})`;
}
