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

/** The one that was probably meant: the fewest letters to change, at most a third of them; undefined when none is near. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  const most = Math.max(1, Math.floor(name.length / 3));
  let best: { name: string; distance: number } | undefined;
  for (const other of names) {
    const distance = editDistance(name.toLowerCase(), other.toLowerCase());
    if (distance <= most && distance < (best?.distance ?? Infinity)) best = { name: other, distance };
  }
  return best?.name;
}

/** Letters to insert, delete or replace (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
