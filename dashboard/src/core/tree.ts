import type { ActorNode } from "../api/types";

export interface TreeRow {
  node: ActorNode;
  depth: number;
  /** For each ancestor level, whether a line runs past this row to a later sibling. */
  rails: boolean[];
  last: boolean;
}

/** Deepest nesting that is drawn; deeper nodes are drawn at this depth. */
const depthMax = 8;

/** The tree as rows from top to bottom, each knowing which lines to draw. */
export function flattenTree(root: ActorNode): TreeRow[] {
  const rows: TreeRow[] = [];
  const visit = (node: ActorNode, depth: number, rails: boolean[], last: boolean): void => {
    rows.push({ node, depth: Math.min(depth, depthMax), rails: rails.slice(0, depthMax), last });
    node.children.forEach((child, index) => {
      const below = depth === 0 ? [] : [...rails, !last];
      visit(child, depth + 1, below, index === node.children.length - 1);
    });
  };
  visit(root, 0, [], true);
  return rows;
}

export interface TreeCounts {
  actors: number;
  up: number;
  restarts: number;
  /** Not up and not done, or degraded. */
  troubled: number;
}

export function countTree(root: ActorNode): TreeCounts {
  const counts: TreeCounts = { actors: 0, up: 0, restarts: 0, troubled: 0 };
  for (const { node } of flattenTree(root)) {
    counts.actors += 1;
    counts.restarts += node.restarts;
    if (node.status === "up") counts.up += 1;
    if (node.degraded !== null || ["down", "backoff"].includes(node.status)) counts.troubled += 1;
  }
  return counts;
}
