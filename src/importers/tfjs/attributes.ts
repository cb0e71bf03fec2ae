/** Attributes of a GraphDef's node in JSON ({ key: { i: "1" } }) as plain values; strings are base64. tfjs-converter: data/compiled_api.ts. */
import { field, type JsonObject, listOf, objectOf, stringOf } from './json.js';

export function attributesOf(node: unknown): JsonObject {
  const entries = Object.entries(objectOf(field(node, 'attr')) ?? {});
  return Object.fromEntries(entries.map(([key, value]) => [key, plain(value)]));
}

function plain(value: unknown): unknown {
  const list = field(value, 'list');
  if (list !== undefined) {
    const [key, items] = Object.entries(objectOf(list) ?? {})[0] ?? [];
    return (listOf(items) ?? []).map((item) => (key === 'i' || key === 'f' ? Number(item) : text(item)));
  }
  const number = field(value, 'i') ?? field(value, 'f');
  if (number !== undefined) return Number(number);
  const dims = listOf(field(field(value, 'shape'), 'dim'));
  if (dims) return dims.map((dim) => Number(field(dim, 'size') ?? -1));
  const string = field(value, 's');
  return string === undefined ? (field(value, 'b') ?? field(value, 'type')) : text(string);
}

/** The converter writes base64, older ones bytes. */
function text(value: unknown): string {
  const bytes = listOf(value);
  if (bytes) return String.fromCharCode(...bytes.slice(0, 1000).map((b) => Number(b) & 255));
  return Buffer.from(stringOf(value) ?? '', 'base64').toString('latin1');
}
