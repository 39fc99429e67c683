// Signed tokens: JWS and SD-JWT, sections 5.3 and 5.4.

import { ascii, base64url, digest, fromBase64url, isPrintable, microseconds, sha256hex } from "./encoding.mjs";
import { strict } from "./json.mjs";
import { MALFORMED, NOT_AUTHENTIC, demand } from "./refusal.mjs";
import { SUITES } from "./x509.mjs";

const FORBIDDEN = ["crit", "b64", "jku", "jwk", "x5u", "zip"];
const RESERVED = ["_sd", "_sd_alg", "..."];
const CLAIMS = ["jti", "iss", "iat", "kind", "provider", "custody", "source", "as_of"];
const OPTIONAL = ["raw_digest", "mapping_digest", "supersedes"];
const MOST = 512;

const need = (condition, why) => demand(condition, MALFORMED, `token: ${why}`);

// `detached`: the bytes that stand for the empty middle (RFC 7515 appendix F).
export function jws(text, detached = null) {
  const parts = text.split(".");
  need(parts.length === 3, "not header.payload.signature");
  if (detached) need(parts[1] === "", "the payload is not detached");
  const [head, middle, signature] = parts;
  const header = strict(fromBase64url(head));
  need(header instanceof Map && ["alg", "kid", "typ"].every((key) => typeof (header.get(key) ?? "") === "string"), "alg, kid and typ are text");
  const suite = Object.values(SUITES).find(({ alg }) => alg === header.get("alg"));
  need(suite, "alg is of no suite");
  need(!FORBIDDEN.some((key) => header.has(key)), "a header member that must not be there");
  const payload = detached ?? fromBase64url(middle);
  const signed = Buffer.from(`${head}.${detached ? base64url(detached) : middle}`, "latin1");
  const raw = fromBase64url(signature);
  need(raw.length === 64, "the signature is not 64 bytes");
  return { header, suite, kid: header.get("kid"), payload, signed, signature: raw };
}

export function verifyJws(token, { key }, typ) {
  const { header, signed, signature } = token;
  demand(header.get("alg") === SUITES[key.suite].alg, NOT_AUTHENTIC, "the header names another algorithm than the key's");
  demand(header.get("kid") === key.kid, NOT_AUTHENTIC, "kid is not the key's");
  demand(header.get("typ") === typ, NOT_AUTHENTIC, `typ is not ${typ}`);
  demand(key.verify(signed, signature), NOT_AUTHENTIC, "the signature is wrong");
}

function standsAnywhere(value, names) {
  if (Array.isArray(value)) return value.some((item) => standsAnywhere(item, names));
  if (!(value instanceof Map)) return false;
  return [...value].some(([key, inner]) => names.includes(key) || standsAnywhere(inner, names));
}

function digests(payload) {
  const list = payload.get("_sd") ?? [];
  need(Array.isArray(list) && list.length <= MOST && list.every((one) => typeof one === "string"), "_sd is a list of at most 512 digests");
  need(new Set(list).size === list.length, "a digest stands twice");
  return new Set(list);
}

export function sdJwt(bytes) {
  const parts = ascii(bytes).split("~");
  need(parts.length >= 2 && parts.pop() === "", "does not end with ~");
  const [text, ...disclosures] = parts;
  need(disclosures.length <= MOST, "more than 512 disclosures");
  return { ...jws(text), text, digest: sha256hex(text), disclosures };
}

// The visible claims of a document, and the digests of what it hides.
export function claims(token) {
  const payload = strict(token.payload);
  need(payload instanceof Map, "the payload is no object");
  const hidden = digests(payload);
  const algorithm = payload.get("_sd_alg") ?? "sha-256";
  const visible = new Map([...payload].filter(([key]) => key !== "_sd" && key !== "_sd_alg"));
  need(algorithm === token.suite.claim, "_sd_alg is not the suite's");
  need(!standsAnywhere(visible, RESERVED), "a reserved name stands elsewhere");
  for (const key of CLAIMS) need(typeof visible.get(key) === "string", `${key} is not text`);
  for (const key of OPTIONAL) need(!visible.has(key) || typeof visible.get(key) === "string", `${key} is not text`);
  need(isPrintable(visible.get("iss")), "iss is not printable");
  for (const key of ["iat", "as_of"]) need(microseconds(visible.get(key)) !== null, `${key} is no time`);
  return { visible, digests: hidden, algorithm };
}

function isValue(value) {
  return typeof value === "string" || typeof value === "boolean" || (typeof value === "bigint" && value < 2n ** 63n && value > -(2n ** 63n));
}

const pointer = (name) => /^(?:\/(?:[^~/]|~[01])*){1,64}$/su.test(name);

function isTree(names) {
  const all = new Set(names);
  const starts = (name) => [...name.matchAll(/\//g)].map(({ index }) => name.slice(0, index)).slice(1);
  return names.every((name) => starts(name).every((start) => !all.has(start)));
}

// name → value of each disclosure; each one belongs to the document.
export function disclosed({ disclosures }, { visible, digests: hidden, algorithm }) {
  const found = new Map();
  for (const text of disclosures) {
    const parts = strict(fromBase64url(text));
    need(Array.isArray(parts) && parts.length === 3, "a disclosure is not [salt, name, value]");
    const [salt, name, value] = parts;
    need(typeof salt === "string" && typeof name === "string" && isValue(value), "a disclosure of other types");
    need(pointer(name) && !RESERVED.includes(name) && !visible.has(name) && !found.has(name), "a disclosed name that cannot be");
    demand(hidden.has(base64url(digest(algorithm, text))), NOT_AUTHENTIC, "a disclosure that is not the document's");
    found.set(name, value);
  }
  need(isTree([...found.keys()]), "a name is the beginning of another's path");
  return found;
}
