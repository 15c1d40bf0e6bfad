/** A value as Python 2 pickles it: texts are byte strings, bytes an array [N, M] of u1. */
export type Python2Value =
  string | number | readonly Python2Value[] | { readonly rows: number; readonly bytes: Buffer };

/** A dict as cPickle of Python 2 writes it with protocol 2: the form of CIFAR's published files. */
export function python2Pickle(dict: Readonly<Record<string, Python2Value>>): Buffer {
  const parts: (Buffer | string)[] = ['\x80\x02}q\x01('];
  for (const [key, value] of Object.entries(dict)) parts.push(byteString(Buffer.from(key)), ...pickled(value));
  return joined([...parts, 'u.']);
}

function pickled(value: Python2Value): (Buffer | string)[] {
  if (typeof value === 'string') return [byteString(Buffer.from(value))];
  if (typeof value === 'number') return [integer(value)];
  if (!('bytes' in value)) return [']q\x02(', ...value.flatMap(pickled), 'e'];
  const { rows, bytes } = value;
  return [
    ...['cnumpy.core.multiarray\n_reconstruct\nq\x03cnumpy\nndarray\nq\x04K\x00\x85U\x01b\x87Rq\x05(K\x01'],
    ...[
      integer(rows),
      integer(bytes.length / rows),
      '\x86cnumpy\ndtype\nq\x06U\x02u1K\x00K\x01\x87Rq\x07(K\x03U\x01|NNN',
    ],
    ...['J\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89', byteString(bytes), 'tb'],
  ];
}

function integer(value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.write('J');
  bytes.writeInt32LE(value, 1);
  return bytes;
}

function byteString(bytes: Buffer): Buffer {
  if (bytes.length < 256) return Buffer.concat([Buffer.from([0x55, bytes.length]), bytes]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([Buffer.from('T'), length, bytes]);
}

function joined(parts: readonly (Buffer | string)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
}
