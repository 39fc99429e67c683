// A second verifier of docs/evidence-format.md and docs/dataset-format.md, written from these documents alone.
//
//   node verify.mjs FILE --anchor ca.crt … [--stamp-anchor tsa.crt …] [--crl list.crl …] [--head head.jws] [--hub hub] [--at TIME] [--json]
//   node verify.mjs --batch < jobs        a JSON object a line: file, anchors, stamp_anchors, crls, head, hub, at
//
// Exit codes are the document's: 0 true, 2, 3, 4, 5. With --batch: a line of JSON for each job, 0 if all are true, else 1.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { opened } from "./bundle.mjs";
import { check } from "./checks.mjs";
import { microseconds } from "./encoding.mjs";
import { Trust, usable } from "./paths.mjs";
import { NO_ANCHOR, Refused, TRUE, WORDS, demand } from "./refusal.mjs";
import { checkRow } from "./row.mjs";
import { stampAnchor } from "./stamp.mjs";
import { certificate, revocationList } from "./x509.mjs";

const known = new Map();

// PEM with white space of any kind, or DER: the checker's own files.
function trusted(path, kind, parse) {
  const bytes = readFileSync(path);
  const match = new RegExp(`-----BEGIN ${kind}-----([A-Za-z0-9+/=\\s]+)-----END ${kind}-----\\s*$`).exec(bytes.toString("latin1"));
  const der = match ? Buffer.from(match[1], "base64") : bytes;
  const key = `${parse.name} ${der.toString("latin1")}`;
  if (!known.has(key)) known.set(key, parse(der));
  return known.get(key);
}

function authority(der) {
  const found = certificate(der);
  demand(found.isCa, NO_ANCHOR, "not a CA's certificate");
  return found;
}

function anchorsOf(job) {
  demand(job.anchors.length, NO_ANCHOR, "there are no anchors");
  return usable(() => ({
    anchors: job.anchors.map((path) => trusted(path, "CERTIFICATE", authority)),
    stampAnchors: (job.stamp_anchors ?? []).map((path) => trusted(path, "CERTIFICATE", stampAnchor)),
    lists: (job.crls ?? []).map((path) => trusted(path, "X509 CRL", revocationList)),
  }));
}

// What the document answers about one file.
export function verify(job) {
  const result = { file: job.file, code: TRUE, row: null, why: "", remarks: [] };
  const row = (number, body) => {
    result.row = number;
    return body();
  };
  try {
    examine(job, row, result);
    result.row = null;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    Object.assign(result, { code: error.code, why: error.message });
  }
  return { ...result, result: WORDS[result.code] };
}

function examine(job, row, result) {
  const { anchors, lists, stampAnchors } = row(1, () => anchorsOf(job));
  const now = job.at ? microseconds(job.at) : BigInt(Date.now()) * 1000n;
  if (now === null) throw new Error(`--at is no time of section 2: ${job.at}`);
  const bytes = readFileSync(job.file);
  const context = { hub: job.hub ?? "hub", stampAnchors, kept: job.head ? readFileSync(job.head) : null, now };
  if (bytes[0] === 0x7b) return result.remarks.push(...row(1, () => checkRow(bytes, { ...context, anchors, lists }, row)));
  const bundle = opened(bytes, row);
  const trust = new Trust(anchors, lists, bundle.certificates);
  check({ ...context, bundle, trust }, row);
  result.remarks.push(...trust.remarks);
}

function show({ file, code, row, why, remarks, result }, asJson) {
  if (asJson) return console.log(JSON.stringify({ file, code, row, why, remarks, result }));
  console.log(`${file}: ${result}`);
  if (code !== TRUE) console.log(`  check ${row}: ${why}`);
  for (const remark of remarks) console.log(`  note: ${remark}`);
}

async function batch() {
  let all = true;
  for await (const line of createInterface({ input: process.stdin })) {
    if (!line.trim()) continue;
    const answer = verify(JSON.parse(line));
    show(answer, true);
    all &&= answer.code === TRUE;
  }
  return all ? 0 : 1;
}

const USAGE = "node verify.mjs FILE --anchor ca.crt … [--stamp-anchor tsa.crt …] [--crl list.crl …] [--head head.jws] [--hub hub] [--at TIME] [--json]";

const OPTIONS = {
  anchor: { type: "string", multiple: true, default: [] },
  "stamp-anchor": { type: "string", multiple: true, default: [] },
  crl: { type: "string", multiple: true, default: [] },
  head: { type: "string" },
  hub: { type: "string" },
  at: { type: "string" },
  json: { type: "boolean" },
  batch: { type: "boolean" },
};

async function main() {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  if (values.batch) return batch();
  if (positionals.length !== 1) throw new Error("name one file");
  const answer = verify({ file: positionals[0], anchors: values.anchor, stamp_anchors: values["stamp-anchor"], crls: values.crl, head: values.head, hub: values.hub, at: values.at });
  show(answer, values.json);
  return answer.code;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`${error.message}\n\n${USAGE}`);
  process.exitCode = 1;
}
