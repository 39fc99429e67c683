// RFC 6962 trees: section 7.3 and 7.4. Sizes and places are BigInts, nodes Buffers.

import { digest } from "./encoding.mjs";

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

export const leaf = (hash, ...parts) => digest(hash, LEAF, ...parts);

// RFC 9162 section 2.1.3.2.
export function isIncluded({ hash, start, seq, size, path, root }) {
  if (seq < 0n || seq >= size) return false;
  let [node, f, s] = [start, seq, size - 1n];
  for (const p of path) {
    if (s === 0n) return false;
    if (f & 1n || f === s) {
      node = digest(hash, NODE, p, node);
      while (!(f & 1n) && f !== 0n) [f, s] = [f >> 1n, s >> 1n];
    } else node = digest(hash, NODE, node, p);
    [f, s] = [f >> 1n, s >> 1n];
  }
  return s === 0n && node.equals(root);
}

// RFC 9162 section 2.1.4.2; of one size the roots are the same and nothing is to be shown.
export function isConsistent({ hash, older, newer, path }) {
  if (older.size > newer.size) return false;
  if (older.size === newer.size) return path.length === 0 && older.root.equals(newer.root);
  if (!path.length) return false;
  const nodes = isPowerOfTwo(older.size) ? [older.root, ...path] : path;
  let [f, s] = [older.size - 1n, newer.size - 1n];
  while (f & 1n) [f, s] = [f >> 1n, s >> 1n];
  let [first, second] = [nodes[0], nodes[0]];
  for (const c of nodes.slice(1)) {
    if (s === 0n) return false;
    if (f & 1n || f === s) {
      first = digest(hash, NODE, c, first);
      second = digest(hash, NODE, c, second);
      while (!(f & 1n) && f !== 0n) [f, s] = [f >> 1n, s >> 1n];
    } else second = digest(hash, NODE, second, c);
    [f, s] = [f >> 1n, s >> 1n];
  }
  return s === 0n && first.equals(older.root) && second.equals(newer.root);
}

function isPowerOfTwo(size) {
  return (size & (size - 1n)) === 0n;
}

export function rootOf(hash, leaves) {
  if (!leaves.length) return digest(hash);
  let level = leaves;
  while (level.length > 1) {
    const above = [];
    for (let at = 0; at + 1 < level.length; at += 2) above.push(digest(hash, NODE, level[at], level[at + 1]));
    if (level.length % 2) above.push(level.at(-1));
    level = above;
  }
  return level[0];
}
