/** The nodes that some output depends on, in the order of the file; outputs that nothing depends on lose their names. */
import type { GraphProto, NodeProto } from '../../formats/onnx/schema.js';

/** `index` is the node's place in the file. */
export function liveNodes({ node: nodes, output }: GraphProto): { node: NodeProto; index: number }[] {
  const needed = new Set(output.map(({ name }) => name));
  const live: { node: NodeProto; index: number }[] = [];
  for (let index = nodes.length - 1; index >= 0; index--) {
    const node = nodes[index]!;
    const read = node.output.map((name) => (needed.has(name) ? name : ''));
    if (read.every((name) => name === '')) continue;
    for (const value of node.input) if (value !== '') needed.add(value);
    const { input, name, opType, attribute, domain } = node;
    live.push({ node: { input, output: read, name, opType, attribute, domain }, index });
  }
  return live.reverse();
}
