// SM2 verification by plain arithmetic: section 5.1 (GB/T 32918.2 clause 7.1, curve of 32918.5).

import { digest } from "./encoding.mjs";

const P = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn;
const A = P - 3n;
const B = 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n;
const N = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
const G = {
  x: 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  y: 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
};
const ID = Buffer.from("1234567812345678", "ascii");

const mod = (value, modulus = P) => ((value % modulus) + modulus) % modulus;
const bytes32 = (value) => Buffer.from(value.toString(16).padStart(64, "0"), "hex");
const toNumber = (bytes) => BigInt(`0x${bytes.toString("hex") || "0"}`);

function inverse(value) {
  let [low, high, x, y] = [mod(value), P, 1n, 0n];
  while (low > 1n) {
    const quotient = high / low;
    [low, high, x, y] = [high - quotient * low, low, y - quotient * x, x];
  }
  return mod(x);
}

// Jacobian coordinates: x = X/Z², y = Y/Z³; Z = 0 is the point at infinity.
const INFINITY = { X: 1n, Y: 1n, Z: 0n };

function twice({ X, Y, Z }) {
  const square = mod(Y * Y);
  const beta = mod(X * square);
  const delta = mod(Z * Z);
  const alpha = mod(3n * (X - delta) * (X + delta));
  const x = mod(alpha * alpha - 8n * beta);
  return { X: x, Y: mod(alpha * (4n * beta - x) - 8n * square * square), Z: mod(2n * Y * Z) };
}

function sum(left, right) {
  if (left.Z === 0n) return right;
  if (right.Z === 0n) return left;
  const [z1, z2] = [mod(left.Z * left.Z), mod(right.Z * right.Z)];
  const [u1, u2] = [mod(left.X * z2), mod(right.X * z1)];
  const [s1, s2] = [mod(left.Y * z2 * right.Z), mod(right.Y * z1 * left.Z)];
  if (u1 === u2) return s1 === s2 ? twice(left) : INFINITY;
  const [h, r] = [u2 - u1, s2 - s1];
  const [hh, v] = [mod(h * h), mod(u1 * h * h)];
  const hhh = mod(h * hh);
  const x = mod(r * r - hhh - 2n * v);
  return { X: x, Y: mod(r * (v - x) - s1 * hhh), Z: mod(h * left.Z * right.Z) };
}

function combined(s, t, key) {
  const [g, q] = [{ X: G.x, Y: G.y, Z: 1n }, { X: key.x, Y: key.y, Z: 1n }];
  const table = [null, g, q, sum(g, q)];
  let result = INFINITY;
  for (let bit = 255n; bit >= 0n; bit--) {
    result = twice(result);
    const pick = Number(((s >> bit) & 1n) | (((t >> bit) & 1n) << 1n));
    if (pick) result = sum(result, table[pick]);
  }
  return result;
}

export function onCurve(x, y) {
  return x < P && y < P && mod(y * y - (x * x * x + A * x + B)) === 0n;
}

export function point(bytes) {
  return { x: toNumber(bytes.subarray(0, 32)), y: toNumber(bytes.subarray(32, 64)) };
}

function hashed({ x, y }, message) {
  const za = digest("sm3", Buffer.from([0x00, 0x80]), ID, ...[A, B, G.x, G.y, x, y].map(bytes32));
  return toNumber(digest("sm3", za, message));
}

// `signature` is raw r‖s.
export function verify(key, message, signature) {
  if (signature.length !== 64) return false;
  const [r, s] = [toNumber(signature.subarray(0, 32)), toNumber(signature.subarray(32))];
  if (r < 1n || r >= N || s < 1n || s >= N) return false;
  const t = (r + s) % N;
  if (t === 0n) return false;
  const { X, Z } = combined(s, t, key);
  if (Z === 0n) return false;
  const x = mod(X * inverse(Z * Z));
  return (hashed(key, message) + x) % N === r;
}
