type Modules = readonly (readonly boolean[])[];

/** How badly a masked code reads: the less, the better (ISO/IEC 18004 §7.8.3.1). */
export function penaltyOf(dark: Modules): number {
  const columns = dark.map((_, x) => dark.map((row) => row[x] === true));
  return runs(dark) + runs(columns) + squares(dark) + finderLike(dark) + finderLike(columns) + imbalance(dark);
}

/** Five or more modules alike in a line. */
function runs(lines: Modules): number {
  let penalty = 0;
  for (const line of lines) {
    let length = 0;
    line.forEach((module, index) => {
      length = module === line[index - 1] ? length + 1 : 1;
      if (length === 5) penalty += 3;
      if (length > 5) penalty += 1;
    });
  }
  return penalty;
}

/** Two by two modules alike. */
function squares(dark: Modules): number {
  let penalty = 0;
  for (let y = 1; y < dark.length; y += 1) {
    for (let x = 1; x < dark.length; x += 1) {
      const module = dark[y]?.[x];
      if (module === dark[y - 1]?.[x] && module === dark[y]?.[x - 1] && module === dark[y - 1]?.[x - 1]) penalty += 3;
    }
  }
  return penalty;
}

/** What a reader might take for a finder pattern. */
function finderLike(lines: Modules): number {
  let penalty = 0;
  for (const line of lines) {
    const text = line.map((module) => (module ? '1' : '0')).join('');
    for (let at = 0; at + 11 <= text.length; at += 1) {
      const part = text.slice(at, at + 11);
      if (part === '10111010000' || part === '00001011101') penalty += 40;
    }
  }
  return penalty;
}

/** Ten for every five percent away from one half dark. */
function imbalance(dark: Modules): number {
  const count = dark.reduce((sum, row) => sum + row.filter(Boolean).length, 0);
  return 10 * Math.floor(Math.abs(count / dark.length ** 2 - 0.5) * 20);
}
