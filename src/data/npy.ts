/** NumPy's .npy, one array a file. https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
import { dump, parse } from 'npyjs';
import { type CrimpError, inputError } from '../diagnostics.js';
import { elementCount } from '../graph/access.js';
import type { FileArray, FileValues } from './file_array.js';

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const numeric = /^(b1|[iu][1248]|f[248])$/;

export function isNpy(bytes: Uint8Array): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

/**
 * bool, the integers and floats of every width, little-endian, C order. bool comes as 0 and 1, float16 widened to float32.
 *
 * @param name the file, and for a member of an .npz its name in it, for diagnostics
 * @throws CrimpError `data-format`
 */
export function parseNpy(bytes: Uint8Array, name: string): FileArray {
  if (!isNpy(bytes)) throw damaged(name, 'does not begin with the .npy signature');
  let array: ReturnType<typeof parse>;
  try {
    // npyjs reads from the start of an ArrayBuffer of its own, whose alignment the header then keeps.
    array = parse(new Uint8Array(bytes).buffer);
  } catch (cause) {
    throw damaged(name, `cannot be read (${(cause as Error).message})`);
  }
  const { data, shape, dtype, fortranOrder } = array;
  if (!numeric.test(dtype)) throw damaged(name, `holds values of type ${dtype}`);
  if (fortranOrder && shape.length > 1) throw damaged(name, 'is in Fortran order');
  const values = (Array.isArray(data) ? Uint8Array.from(data, Number) : data) as FileValues;
  const wanted = elementCount(shape);
  if (!shape.every((n) => Number.isInteger(n) && n >= 0) || values.length !== wanted) {
    throw damaged(name, `holds ${values.length} values where its shape [${shape}] needs ${wanted}`);
  }
  return { values, shape };
}

export function formatNpy({ values, shape }: FileArray): Uint8Array {
  return new Uint8Array(dump(values, [...shape]));
}

function damaged(file: string, why: string): CrimpError {
  const hint = 'Save it again with numpy.save or numpy.savez: integers or floats, little-endian, C order.';
  return inputError('data-format', why, hint, { file });
}
