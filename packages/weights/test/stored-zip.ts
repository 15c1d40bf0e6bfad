/** An entry of a made-up archive; the directory says what it is told to say. */
export interface ZipEntryToWrite {
  readonly name: string;
  readonly content: Uint8Array;
  /** Compression by the directory; 0 (stored) by default. The content is written as it is. */
  readonly method?: number;
  /** Length by the directory; the true one by default. */
  readonly claimBytes?: number;
}

/**
 * A zip archive of these entries. From entry `sharedFrom` on, all names stand for the bytes of that one entry.
 */
export function storedZip(entries: readonly ZipEntryToWrite[], options: { readonly sharedFrom?: number } = {}): Buffer {
  const { sharedFrom = entries.length } = options;
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  let sharedOffset = 0;
  entries.forEach(({ name, content, method = 0, claimBytes = content.length }, index) => {
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(claimBytes, 18);
    common.writeUInt16LE(name.length, 22);
    const isOwn = index <= sharedFrom;
    if (index === sharedFrom) sharedOffset = offset;
    const place = Buffer.alloc(14);
    place.writeUInt32LE(isOwn ? offset : sharedOffset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, place, Buffer.from(name));
    if (!isOwn) return;
    const file = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), content]);
    files.push(file);
    offset += file.length;
  });
  const whole = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(whole.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, whole, end]);
}
