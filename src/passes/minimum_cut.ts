/** The cheapest edges to cut between a source and a sink (Edmonds and Karp, 1972). */

export interface Edge {
  readonly from: number;
  readonly to: number;
  /** At least 0; Infinity where it must not be cut. */
  readonly cost: number;
}

/** The nodes on the source's side of the cheapest cut, and of several such cuts of the one nearest to the source. */
export function minimumCut(edges: readonly Edge[], source: number, sink: number): Set<number> {
  const room = new Map<number, Map<number, number>>();
  const add = (from: number, to: number, cost: number) => {
    const out = room.get(from) ?? new Map<number, number>();
    room.set(from, out.set(to, (out.get(to) ?? 0) + cost));
  };
  for (const { from, to, cost } of edges) {
    add(from, to, cost);
    add(to, from, 0);
  }
  for (;;) {
    const reachedFrom = new Map([[source, source]]);
    for (const node of reachedFrom.keys()) {
      for (const [to, cost] of room.get(node) ?? []) {
        if (cost > 0 && !reachedFrom.has(to)) reachedFrom.set(to, node);
      }
    }
    if (!reachedFrom.has(sink)) return new Set(reachedFrom.keys());
    const path: [number, number][] = [];
    for (let node = sink; node !== source; node = reachedFrom.get(node)!) {
      path.push([reachedFrom.get(node)!, node]);
    }
    const flow = Math.min(...path.map(([from, to]) => room.get(from)!.get(to)!));
    for (const [from, to] of path) {
      add(from, to, -flow);
      add(to, from, flow);
    }
  }
}
