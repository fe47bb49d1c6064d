/**
 * From here on V8 keeps the numbered members of an object in a table of those there are. Below it makes a slot for each number up to
 * the largest, and Prisma has two thousand objects whose members are the numbers of names: 15 MB of empty slots in every process.
 */
const FIRST_NUMBER = 1_024;

/**
 * Numbers the names in Prisma's description of its queries (`parameterizationSchema`) from {@link FIRST_NUMBER} on. It means the same:
 * its numbers are the places of names in a list, and the list begins with names that nothing has.
 * @param {string} source of the generated `internal/class.ts`
 * @throws {Error} when the source or the description has another form than this version of Prisma gives it
 */
export function numberNames(source) {
  const found = /(config\.parameterizationSchema = \{\s*strings: JSON\.parse\()(".*")(\),\s*graph: ")([\w-]*)"/.exec(source);
  const [whole, start, names, middle, graph] = found ?? [];
  if (whole === undefined || names === undefined || graph === undefined)
    throw new Error('Prisma describes its queries in another way now.');
  const list = [...Array(FIRST_NUMBER).fill(''), ...JSON.parse(JSON.parse(names))];
  const description = copyGraph(Buffer.from(graph, 'base64url')).toString('base64url');
  return source.replace(whole, () => `${start}${JSON.stringify(JSON.stringify(list))}${middle}${description}"`);
}

/**
 * The description is a stream of numbers, most of them in groups of 7 bits; 0 says that there is none where there may be none.
 * @param {Buffer} bytes
 */
function copyGraph(bytes) {
  /** @type {number[]} */
  const copy = [];
  let place = 0;
  const take = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes.readUInt8(place++);
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  /** @param {number} value */
  const put = (value) => {
    for (; value >= 128; value >>>= 7) copy.push((value & 127) | 128);
    copy.push(value);
  };
  const same = () => {
    const value = take();
    put(value);
    return value;
  };
  const name = () => put(take() + FIRST_NUMBER);
  const nameIfAny = () => {
    const value = take();
    put(value === 0 ? 0 : value + FIRST_NUMBER);
  };
  /** @param {number} count */
  const raw = (count) => {
    for (let end = place + count; place < end; ) copy.push(bytes.readUInt8(place++));
  };
  /** @param {number} count @param {() => void} copyOne */
  const times = (count, copyOne) => {
    for (let index = 0; index < count; index += 1) copyOne();
  };

  const [inputs, outputs, roots] = [same(), same(), same()];
  // What goes into a query: name, types (two bytes), node, name of an enumeration, flags (one byte).
  times(inputs, () =>
    times(same(), () => {
      name();
      raw(2);
      same();
      nameIfAny();
      raw(1);
    }),
  );
  // What comes out of it, and the queries: name, node of the arguments, node of the result.
  const edge = () => {
    name();
    same();
    same();
  };
  times(outputs, () => times(same(), edge));
  times(roots, edge);
  if (place !== bytes.length) throw new Error('Prisma describes its queries in another form now.');
  return Buffer.from(copy);
}
