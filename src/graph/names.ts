/** Names that stay unique and names that C accepts. */

/** Gives each name back, the second and later ones of a kind with a number: `conv`, `conv_2`. */
export function uniqueNames(): (name: string) => string {
  const taken = new Set<string>();
  const next = new Map<string, number>();
  return (name) => {
    let unique = name;
    for (let n = next.get(name) ?? 2; taken.has(unique); n++) {
      unique = `${name}_${n}`;
      next.set(name, n + 1);
    }
    taken.add(unique);
    return unique;
  };
}

/** A C identifier of a name: `kws-ref.model` → `kws_ref_model`, `3x3` → `m3x3`, nothing usable → `model`. */
export function identifierOf(name: string): string {
  const words = name.replace(/[^A-Za-z0-9]+/g, '_').replace(/^_+|_+$/g, '');
  return words === '' ? 'model' : /^[0-9]/.test(words) ? `m${words}` : words;
}
