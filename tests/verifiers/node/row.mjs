// Proofs of single rows: docs/dataset-format.md, sections 2 to 5.

import { fromBase64url, isHex, microseconds } from "./encoding.mjs";
import { head as ledgerHead } from "./bundle.mjs";
import { canonical, hasExactly, write } from "./json.mjs";
import { Trust } from "./paths.mjs";
import { MALFORMED, NOT_AUTHENTIC, as, demand } from "./refusal.mjs";
import { claims, disclosed, sdJwt, verifyJws } from "./token.mjs";
import { isIncluded, leaf } from "./tree.mjs";
import { SUITES, certificate } from "./x509.mjs";

const FILE = ["format", "version", "head", "row", "salt", "index", "path", "ledger", "certificates"];
const LEDGER = ["seq", "entry", "path", "head"];
const ENTRY = "kind ref at document_kind digest provider custody source as_of raw_digest mapping_digest schema count root".split(" ");
const GRACE = 600_000_000n;
const LARGEST = 1024 * 1024;

const form = (condition, why) => demand(condition, MALFORMED, why);
const need = (condition, why) => demand(condition, NOT_AUTHENTIC, why);
const isText = (value) => typeof value === "string";
const isPlace = (value) => typeof value === "bigint" && value >= 0n;
const latin = (text) => Buffer.from(text, "utf8");

function path(list) {
  form(Array.isArray(list) && list.length <= 64 && list.every(isText), "a path of another form");
  const nodes = list.map(fromBase64url);
  form(nodes.every(({ length }) => length === 32), "a node of other length");
  return nodes;
}

function ledgerOf(found) {
  form(hasExactly(found, LEDGER) && isPlace(found.get("seq")) && isText(found.get("head")), "ledger: other keys or types");
  const entry = found.get("entry");
  form(entry instanceof Map && microseconds(entry.get("at")) !== null, "entry: no object, or at is no time");
  const head = ledgerHead(Buffer.from(found.get("head"), "utf8"));
  return { seq: found.get("seq"), entry, path: path(found.get("path")), head, at: microseconds(entry.get("at")) };
}

function opened(bytes) {
  form(bytes.length <= LARGEST, "larger than 1 MiB");
  const found = canonical(bytes);
  form(hasExactly(found, FILE) && found.get("format") === "zhida-row" && found.get("version") === 2n, "other keys, format or version");
  form(isText(found.get("head")) && found.get("row") instanceof Map && isText(found.get("salt")) && typeof found.get("index") === "bigint", "a value of another type");
  const salt = fromBase64url(found.get("salt"));
  form(salt.length === 16, "a salt of other length");
  form(Array.isArray(found.get("certificates")) && found.get("certificates").every(isText), "certificates of another type");
  const certificates = found.get("certificates").map((text) => certificate(fromBase64url(text)));
  for (const one of certificates) form(!one.issuer.equals(one.subject), "a certificate that is self-signed");
  return { head: found.get("head"), row: found.get("row"), salt, index: found.get("index"), path: path(found.get("path")), ledger: ledgerOf(found.get("ledger")), certificates };
}

function document(file, context) {
  const token = sdJwt(latin(file.head));
  const said = claims(token);
  const fields = as(MALFORMED, () => disclosed(token, said));
  const claim = (name) => said.visible.get(name) ?? "";
  const signer = context.trust.signer(claim("iss"), token.kid, { at: microseconds(claim("iat")), against: file.ledger.at });
  verifyJws(token, signer, "zhida+sd-jwt");
  need(fields.size === said.digests.size, "the head without all of its disclosures");
  const issuer = { unit: claim("provider"), hub: context.hub }[claim("custody")];
  need(["unit", "hub"].includes(claim("custody")) && claim("iss") === issuer, "custody is not the signer's");
  return { token, claim, fields, hash: SUITES[signer.key.suite].hash };
}

function keys(fields) {
  const found = [];
  while (isText(fields.get(`/key/${found.length}`))) found.push(fields.get(`/key/${found.length}`));
  return found;
}

function described({ fields }) {
  const names = keys(fields);
  const plain = [...fields.keys()].filter((name) => !name.startsWith("/about/"));
  need(names.length && plain.length === names.length + 3, "the head has other fields");
  const [schema, count, root] = ["/schema", "/count", "/root"].map((name) => fields.get(name));
  need(isText(schema) && isPlace(count) && isHex(root, 64), "a field of the head of another type");
  return { names, schema, count, root };
}

function included(file, { hash, about }) {
  const start = leaf(hash, file.salt, write(file.row));
  need(isIncluded({ hash, start, seq: file.index, size: about.count, path: file.path, root: Buffer.from(about.root, "hex") }), "the row is not in the tree");
  for (const name of about.names) form(isText(file.row.get(name)), `the row has no ${name}`);
}

function told({ ledger }, { token, claim }, about) {
  need(hasExactly(ledger.entry, ENTRY), "the entry has other keys");
  const expected = { kind: "dataset", ref: claim("jti"), document_kind: claim("kind"), digest: token.digest, schema: about.schema, count: about.count, root: about.root };
  for (const name of ["provider", "custody", "source", "as_of", "raw_digest", "mapping_digest"]) expected[name] = claim(name);
  for (const [name, value] of Object.entries(expected)) need(ledger.entry.get(name) === value, `${name} of the entry is not the head's`);
}

function recorded({ ledger }, { trust, hub }) {
  const found = ledger.head;
  const signer = trust.signer(hub, found.token.kid, { at: found.at, against: found.at });
  verifyJws(found.token, signer, "zhida-head+jws");
  const { hash } = SUITES[signer.key.suite];
  need(isIncluded({ hash, start: leaf(hash, write(ledger.entry)), path: ledger.path, seq: ledger.seq, size: found.size, root: found.root }), "the entry is not in the tree");
  return found.at;
}

export function checkRow(bytes, context, row) {
  const file = opened(bytes);
  const trust = new Trust(context.anchors, context.lists, file.certificates);
  const head = row(2, () => document(file, { ...context, trust }));
  const about = row(4, () => described(head));
  row(5, () => included(file, { hash: head.hash, about }));
  row(6, () => told(file, head, about));
  const at = row(7, () => recorded(file, { ...context, trust }));
  const moments = [microseconds(head.claim("iat")), file.ledger.at, at, context.now];
  row(8, () => need(moments.slice(1).every((moment, index) => moments[index] <= moment + GRACE), "dates run backwards"));
  row(9, () => form(trust.signers.every(({ fingerprint }) => trust.used.has(fingerprint)), "a certificate that was not used"));
  row(2, () => trust.settle());
  return [...trust.remarks];
}
