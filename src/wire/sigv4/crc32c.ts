/** CRC-32C (Castagnoli, RFC 3720 appendix B.4), reflected polynomial; eight bytes a step ("slicing by 8"). */
const POLYNOMIAL = 0x82f63b78;

/** Row k: what a byte does to the register k bytes later. */
const TABLE: Uint32Array = /* @__PURE__ */ buildTable();

function buildTable(): Uint32Array {
  const table = new Uint32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
    table[byte] = crc;
  }
  for (let i = 256; i < table.length; i++) {
    const before = at(table, i - 256);
    table[i] = (before >>> 8) ^ at(table, before & 0xff);
  }
  return table;
}

/** A table read that cannot miss: indexes are bytes plus a row. */
function at(table: Uint32Array, index: number): number {
  return table[index] as number;
}

/**
 * @param previous the checksum of what came before, 0 at the start
 * @example crc32c(Buffer.from('123456789')) // 0xe3069283
 */
export function crc32c(data: Uint8Array, previous = 0): number {
  let crc = ~previous;
  let i = 0;
  for (const end = data.length - 7; i < end; i += 8) {
    const low = crc ^ word(data, i);
    const high = word(data, i + 4);
    crc =
      at(TABLE, 1792 + (low & 0xff)) ^
      at(TABLE, 1536 + ((low >>> 8) & 0xff)) ^
      at(TABLE, 1280 + ((low >>> 16) & 0xff)) ^
      at(TABLE, 1024 + (low >>> 24)) ^
      at(TABLE, 768 + (high & 0xff)) ^
      at(TABLE, 512 + ((high >>> 8) & 0xff)) ^
      at(TABLE, 256 + ((high >>> 16) & 0xff)) ^
      at(TABLE, high >>> 24);
  }
  for (; i < data.length; i++) crc = (crc >>> 8) ^ at(TABLE, (crc ^ (data[i] as number)) & 0xff);
  return ~crc >>> 0;
}

function word(data: Uint8Array, i: number): number {
  return (
    (data[i] as number) |
    ((data[i + 1] as number) << 8) |
    ((data[i + 2] as number) << 16) |
    ((data[i + 3] as number) << 24)
  );
}
