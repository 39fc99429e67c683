// What authorities may sign with besides the suites: section 5.1, "P-256, authorities only".

import { createPublicKey, verify as verifyNative } from "node:crypto";
import { base64url } from "./encoding.mjs";
import { MALFORMED, demand } from "./refusal.mjs";

export const [CURVE, ECDSA_SHA256] = ["1.2.840.10045.3.1.7", "1.2.840.10045.4.3.2"];

const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const toNumber = (bytes) => BigInt(`0x${bytes.toString("hex")}`);

function onCurve(x, y) {
  return x < P && y < P && (y * y - (x * x * x - 3n * x + B)) % P === 0n;
}

// The verifier of raw r‖s by the key whose point stands in these octets.
export function p256Key(point) {
  demand(point.length === 65 && point[0] === 4, MALFORMED, "certificate: a key on P-256 of other form");
  const [x, y] = [point.subarray(1, 33), point.subarray(33)];
  demand(onCurve(toNumber(x), toNumber(y)), MALFORMED, "certificate: a key that is no point of P-256");
  const key = createPublicKey({ key: { kty: "EC", crv: "P-256", x: base64url(x), y: base64url(y) }, format: "jwk" });
  return (message, signature) => signature.length === 64 && verifyNative("sha256", message, { key, dsaEncoding: "ieee-p1363" }, signature);
}
