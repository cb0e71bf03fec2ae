/** The nodes that some output depends on, in the order of the file. */
import type { GraphProto, NodeProto } from '../../formats/onnx/schema.js';

/** `index` is the node's place in the file. */
export function liveNodes({ node: nodes, output }: GraphProto): { node: NodeProto; index: number }[] {
  const needed = new Set(output.map(({ name }) => name));
  const live: { node: NodeProto; index: number }[] = [];
  for (let index = nodes.length - 1; index >= 0; index--) {
    const node = nodes[index]!;
    if (!node.output.some((name) => name !== '' && needed.has(name))) continue;
    for (const name of node.input) needed.add(name);
    live.push({ node, index });
  }
  return live.reverse();
}
