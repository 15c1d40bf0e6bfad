import { writeFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { StateDict } from '@featuremine/weights';

/**
 * Writes a state dict of float32 tensors as `torch.save` does: a stored zip of `data.pkl` (pickle protocol 2) and one
 * entry a storage. torch.load reads it too.
 */
export function writeTorchCheckpoint(path: string, tensors: StateDict): void {
  const entries: [string, Uint8Array][] = [['archive/data.pkl', pickleOf(tensors)]];
  [...tensors.values()].forEach(({ data }, i) => {
    entries.push([`archive/data/${i}`, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]);
  });
  entries.push(['archive/version', Buffer.from('3\n')]);
  writeFileSync(path, zipOf(entries));
}

function pickleOf(tensors: StateDict): Buffer {
  const parts: (string | Buffer)[] = ['\x80\x02ccollections\nOrderedDict\n)R('];
  [...tensors].forEach(([name, { shape, data }], i) => {
    const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
    parts.push(text(name), 'ctorch._utils\n_rebuild_tensor_v2\n((');
    parts.push(text('storage'), 'ctorch\nFloatStorage\n', text(String(i)), text('cpu'), integer(data.length));
    parts.push('tQK\0', tuple(shape), tuple(strides), '\x89ccollections\nOrderedDict\n)RtR');
  });
  parts.push('u.');
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([Buffer.of(0x58), uint32(bytes.length), bytes]);
}

function integer(value: number): Buffer {
  return Buffer.concat([Buffer.of(0x4a), uint32(value)]);
}

function tuple(values: readonly number[]): Buffer {
  return Buffer.concat([Buffer.from('('), ...values.map(integer), Buffer.from('t')]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function zipOf(entries: readonly [string, Uint8Array][]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of entries) {
    const common = Buffer.alloc(26); // version, flags, method (stored), time, date, checksum, sizes, length of the name
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, place, Buffer.from(name));
    const file = [Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), Buffer.from(content)];
    files.push(...file);
    offset += file.reduce((sum, { length }) => sum + length, 0);
  }
  const whole = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(whole.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, whole, end]);
}
