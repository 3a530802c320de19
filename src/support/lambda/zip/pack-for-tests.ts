import { crc32, deflateRawSync } from 'node:zlib';

/** A file for an archive; `claim` overrides what the archive says of it. */
export type PackedFile = {
  readonly path: string;
  readonly content: string | Uint8Array;
  readonly mode?: number;
  readonly stored?: boolean;
  readonly claim?: {
    readonly size?: number;
    readonly crc32?: number;
    readonly flags?: number;
    readonly method?: number;
  };
};

/** Makes archives, also such as no honest program makes. */
export function pack(files: readonly PackedFile[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { path, content, mode = 0o100644, stored = false, claim = {} } of files) {
    const name = Buffer.from(path);
    const bytes = Buffer.from(content);
    const packed = stored ? bytes : deflateRawSync(bytes);
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(claim.flags ?? 0x0800, 2);
    head.writeUInt16LE(claim.method ?? (stored ? 0 : 8), 4);
    head.writeUInt32LE(claim.crc32 ?? crc32(bytes), 10);
    head.writeUInt32LE(packed.length, 14);
    head.writeUInt32LE(claim.size ?? bytes.length, 18);
    head.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), head, name, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((mode << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), head, tail, name);
    bodies.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, central, end]);
}

/** An archive of one file. */
export function packOne(path: string, content: string): Buffer {
  return pack([{ path, content }]);
}
