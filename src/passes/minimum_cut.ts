/** The cheapest edges to cut between a source and a sink: Dinic's algorithm (1970). */

export interface Edge {
  readonly from: number;
  readonly to: number;
  /** At least 0; Infinity where it must not be cut. */
  readonly cost: number;
}

/** What flows from node to node; every edge is followed by its reverse. */
interface Network {
  readonly target: readonly number[];
  readonly room: number[];
  /** Edges of each node. */
  readonly leaving: readonly (readonly number[])[];
}

/**
 * The nodes on the source's side of the cheapest cut, and of several such cuts of the one nearest to the source.
 *
 * @param edges with some edge of finite cost on every path from source to sink
 */
export function minimumCut(edges: readonly Edge[], source: number, sink: number): Set<number> {
  const network = networkOf(edges, source, sink);
  for (;;) {
    const levels = levelsOf(network, source);
    if (levels[sink]! < 0) return new Set(levels.flatMap((level, node) => (level < 0 ? [] : [node])));
    fill(network, levels, source, sink);
  }
}

function networkOf(edges: readonly Edge[], source: number, sink: number): Network {
  const nodes = edges.reduce((n, { from, to }) => Math.max(n, from + 1, to + 1), Math.max(source, sink) + 1);
  const leaving = Array.from({ length: nodes }, (): number[] => []);
  const target: number[] = [];
  const room: number[] = [];
  for (const { from, to, cost } of edges) {
    leaving[from]!.push(target.push(to) - 1);
    room.push(cost);
    leaving[to]!.push(target.push(from) - 1);
    room.push(0);
  }
  return { target, room, leaving };
}

/** Edges with room from the source to each node; −1 where it is not reached. */
function levelsOf({ target, room, leaving }: Network, source: number): number[] {
  const levels = new Array<number>(leaving.length).fill(-1);
  levels[source] = 0;
  const reached = [source];
  for (const node of reached) {
    for (const edge of leaving[node]!) {
      if (room[edge]! <= 0 || levels[target[edge]!]! >= 0) continue;
      levels[target[edge]!] = levels[node]! + 1;
      reached.push(target[edge]!);
    }
  }
  return levels;
}

/** Sends all that shortest paths can carry. */
function fill({ target, room, leaving }: Network, levels: number[], source: number, sink: number): void {
  const tried = new Array<number>(leaving.length).fill(0);
  const path: number[] = [];
  for (let node = source; ; ) {
    if (node === sink) {
      const flow = Math.min(...path.map((edge) => room[edge]!));
      for (const edge of path) {
        room[edge]! -= flow;
        room[edge ^ 1]! += flow;
      }
      path.length = path.findIndex((edge) => room[edge] === 0);
    } else {
      const edge = leaving[node]![tried[node]!];
      if (edge === undefined) {
        if (path.length === 0) return;
        path.pop();
        tried[path.length === 0 ? source : target[path.at(-1)!]!]!++;
      } else if (room[edge]! > 0 && levels[target[edge]!] === levels[node]! + 1) path.push(edge);
      else tried[node]!++;
    }
    node = path.length === 0 ? source : target[path.at(-1)!]!;
  }
}
