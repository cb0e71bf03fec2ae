/** Disjoint sets of numbers that grow by `add` and merge by `unite`. */

export interface UnionFind {
  /** Adds n sets of one element each; gives the first element. */
  add(n: number): number;
  unite(a: number, b: number): void;
  /** The element that stands for the set. */
  find(a: number): number;
}

export function unionFind(): UnionFind {
  const parent: number[] = [];
  const find = (a: number): number => {
    let root = a;
    while (parent[root] !== root) root = parent[root]!;
    for (let i = a; i !== root; ) {
      const next = parent[i]!;
      parent[i] = root;
      i = next;
    }
    return root;
  };
  return {
    add(n) {
      const first = parent.length;
      for (let i = 0; i < n; i++) parent.push(first + i);
      return first;
    },
    // The smaller one stands for both, so that numbering by first appearance is stable.
    unite(a, b) {
      const [x, y] = [find(a), find(b)];
      parent[Math.max(x, y)] = Math.min(x, y);
    },
    find,
  };
}
