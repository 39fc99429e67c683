// The container: section 3. Read, written again, compared.

import { crc32 } from "./crc32.mjs";
import { MALFORMED, NOT_AUTHENTIC, demand } from "./refusal.mjs";

const LARGEST = 64 * 1024 * 1024;
const MOST = 20000;
const [LOCAL, CENTRAL, END] = [30, 46, 22];

function numbers(...pairs) {
  const bytes = Buffer.alloc(pairs.reduce((sum, [, width]) => sum + width, 0));
  let at = 0;
  for (const [value, width] of pairs) {
    bytes.writeUIntLE(value, at, width);
    at += width;
  }
  return bytes;
}

function local({ name, body, crc }) {
  const head = numbers([0x04034b50, 4], [10, 2], [0, 2], [0, 2], [0, 2], [0x21, 2], [crc, 4], [body.length, 4], [body.length, 4], [name.length, 2], [0, 2]);
  return Buffer.concat([head, name, body]);
}

function central({ name, body, crc, offset }) {
  const head = numbers([0x02014b50, 4], [10, 2], [10, 2], [0, 2], [0, 2], [0, 2], [0x21, 2], [crc, 4], [body.length, 4], [body.length, 4], [name.length, 2], [0, 2], [0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]);
  return Buffer.concat([head, name]);
}

function written(members) {
  const bodies = Buffer.concat(members.map(local));
  let offset = 0;
  const directory = Buffer.concat(
    members.map((member) => {
      const line = central({ ...member, offset });
      offset += LOCAL + member.name.length + member.body.length;
      return line;
    }),
  );
  const end = numbers([0x06054b50, 4], [0, 2], [0, 2], [members.length, 2], [members.length, 2], [directory.length, 4], [offset, 4], [0, 2]);
  return Buffer.concat([bodies, directory, end]);
}

// The members as the local headers, one after another, have them.
function read(bytes) {
  const members = [];
  let at = 0;
  while (at + LOCAL <= bytes.length && bytes.readUInt32LE(at) === 0x04034b50) {
    const [crc, size, length] = [bytes.readUInt32LE(at + 14), bytes.readUInt32LE(at + 18), bytes.readUInt16LE(at + 26)];
    const start = at + LOCAL + length;
    demand(start + size <= bytes.length, MALFORMED, "container: a member is cut off");
    members.push({ name: bytes.subarray(at + LOCAL, start), body: bytes.subarray(start, start + size), crc });
    demand(members.length <= MOST, MALFORMED, "container: more than 20,000 members");
    at = start + size;
  }
  return members;
}

export function members(bytes) {
  demand(bytes.length >= END && bytes.length <= LARGEST, MALFORMED, "container: no zip, or larger than 64 MiB");
  const found = read(bytes);
  for (const [index, { name }] of found.entries()) {
    demand(/^[A-Za-z0-9._/-]{1,200}$/.test(name.toString("latin1")), MALFORMED, "container: a name of other characters");
    demand(index === 0 || Buffer.compare(found[index - 1].name, name) < 0, MALFORMED, "container: names are not sorted, or stand twice");
  }
  demand(written(found).equals(bytes), MALFORMED, "container: written again, the bytes differ");
  for (const { body, crc } of found) demand(crc32(body) === crc, NOT_AUTHENTIC, "container: a check sum is not its member's");
  return new Map(found.map(({ name, body }) => [name.toString("latin1"), body]));
}
