import type { SeededRandom } from "@interpres/testkit";

/** Longer inputs are cut: what takes too long does so well below. */
export const MAX_INPUT_OCTETS = 65_536;

const LF = 0x0a;
/** Octets that end, escape or break something in SIP or XML, and the edges of ASCII and UTF-8. */
const AWKWARD = Buffer.from("\0\t\n\r \"#%&'();<>=:,@[\\]/?\x7f\x80\xbf\xc3\xed\xf4\xff", "latin1");
const NUMBERS = ["0", "-1", "1", "255", "256", "65535", "4294967295", "4294967296", "99999999999999999999", "1e3"];

/** What mutations draw from. */
export interface Material {
  readonly random: SeededRandom;
  /** Words of the grammar under test. */
  readonly words: readonly string[];
  /** Another input of the corpus, to take a part of. */
  readonly other: () => Buffer;
}

type Mutation = (input: Buffer, material: Material) => Buffer;

const mutations: readonly Mutation[] = [
  changeOctet,
  changeOctet,
  (input, material) => insert(input, material, drawnWord(material)),
  (input, material) => overwrite(input, material, drawnWord(material)),
  (input, material) => insert(input, material, drawnRange(material.other(), material.random)),
  cutRange,
  cutRange,
  repeatRange,
  changeNumber,
  cutLine,
  (input, material) => insertLine(input, material, drawnLine(input, material.random)),
  (input, material) => insertLine(input, material, drawnLine(material.other(), material.random)),
  crossOver,
];

/** The input with one to five changes. */
export function mutate(input: Buffer, material: Material): Buffer {
  const { random } = material;
  let changed = input;
  for (let left = 1 + random.below(5); left > 0; left -= 1) {
    const mutation = mutations[random.below(mutations.length)] ?? changeOctet;
    changed = mutation(changed, material).subarray(0, MAX_INPUT_OCTETS);
  }
  return changed;
}

function changeOctet(input: Buffer, { random }: Material): Buffer {
  if (input.length === 0) return Buffer.from([random.below(256)]);
  const changed = Buffer.from(input);
  const at = random.below(input.length);
  const octet = changed[at] ?? 0;
  const choices = [octet ^ (1 << random.below(8)), octet ^ 0x20, AWKWARD[random.below(AWKWARD.length)] ?? 0];
  changed[at] = choices[random.below(choices.length)] ?? 0;
  return changed;
}

function insert(input: Buffer, { random }: Material, piece: Uint8Array): Buffer {
  const at = random.below(input.length + 1);
  return Buffer.concat([input.subarray(0, at), piece, input.subarray(at)]);
}

function overwrite(input: Buffer, { random }: Material, piece: Uint8Array): Buffer {
  const at = random.below(input.length + 1);
  return Buffer.concat([input.subarray(0, at), piece, input.subarray(at + piece.length)]);
}

function cutRange(input: Buffer, { random }: Material): Buffer {
  const at = random.below(input.length + 1);
  return Buffer.concat([input.subarray(0, at), input.subarray(at + 1 + random.below(rangeLimit(input, random)))]);
}

/** Mostly a few times; now and then as often as there is room, for what grows faster than its input. */
function repeatRange(input: Buffer, material: Material): Buffer {
  const { random } = material;
  const piece = drawnRange(input, random);
  const room = Math.floor((MAX_INPUT_OCTETS - input.length) / Math.max(1, piece.length));
  const times = random.below(20) === 0 ? room : Math.min(room, 1 + random.below(8));
  return insert(input, material, Buffer.concat(Array.from({ length: Math.max(0, times) }, () => piece)));
}

function changeNumber(input: Buffer, material: Material): Buffer {
  const { random } = material;
  const text = input.toString("latin1");
  const found = [...text.slice(0, 4096).matchAll(/\d+/g)];
  const chosen = found[random.below(found.length)];
  if (chosen === undefined) return changeOctet(input, material);
  const drawn = [
    String(random.below(1000)),
    String(Number(chosen[0]) + 1 - random.below(3)),
    drawnFrom(NUMBERS, random),
  ];
  const number = drawnFrom(drawn, random);
  return Buffer.from(text.slice(0, chosen.index) + number + text.slice(chosen.index + chosen[0].length), "latin1");
}

function cutLine(input: Buffer, { random }: Material): Buffer {
  const { from, to } = lineAround(input, random.below(input.length + 1));
  return Buffer.concat([input.subarray(0, from), input.subarray(to)]);
}

function insertLine(input: Buffer, { random }: Material, line: Buffer): Buffer {
  const { from } = lineAround(input, random.below(input.length + 1));
  return Buffer.concat([input.subarray(0, from), line, input.subarray(from)]);
}

function crossOver(input: Buffer, { random, other }: Material): Buffer {
  const tail = other();
  return Buffer.concat([
    input.subarray(0, random.below(input.length + 1)),
    tail.subarray(random.below(tail.length + 1)),
  ]);
}

function drawnWord({ random, words }: Material): Buffer {
  return Buffer.from(drawnFrom(words, random), "latin1");
}

function drawnLine(input: Buffer, random: SeededRandom): Buffer {
  const { from, to } = lineAround(input, random.below(input.length + 1));
  return input.subarray(from, to);
}

function drawnRange(input: Buffer, random: SeededRandom): Buffer {
  const at = random.below(input.length + 1);
  return input.subarray(at, at + 1 + random.below(rangeLimit(input, random)));
}

/** Short ranges more often than long ones. */
function rangeLimit(input: Buffer, random: SeededRandom): number {
  return Math.max(1, Math.min(input.length, 2 ** random.below(12)));
}

function drawnFrom(words: readonly string[], random: SeededRandom): string {
  return words[random.below(words.length)] ?? "";
}

/** The line that the position is in, with its line end. */
function lineAround(input: Buffer, at: number): { readonly from: number; readonly to: number } {
  const from = at === 0 ? 0 : input.lastIndexOf(LF, at - 1) + 1;
  const end = input.indexOf(LF, at);
  return { from, to: end < 0 ? input.length : end + 1 };
}
