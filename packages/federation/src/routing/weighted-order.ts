import type { Random } from "@interpres/runtime";

export interface Weighted {
  readonly priority: number;
  readonly weight: number;
}

/** Lower priority first; within one, drawn by weight: twice the weight is first twice as often (RFC 2782, facts B2.3). */
export function drawnOrder<Choice extends Weighted>(choices: readonly Choice[], random: Random): readonly Choice[] {
  if (choices.length < 2) return choices;
  return byPriority(choices).flatMap((equals) => draw(equals, random));
}

/** The same order without chance, heavier first: for explanations. */
export function likelyOrder<Choice extends Weighted>(choices: readonly Choice[]): readonly Choice[] {
  return choices.toSorted((left, right) => left.priority - right.priority || right.weight - left.weight);
}

function byPriority<Choice extends Weighted>(choices: readonly Choice[]): readonly (readonly Choice[])[] {
  const groups = new Map<number, Choice[]>();
  for (const choice of choices) {
    const group = groups.get(choice.priority);
    if (group === undefined) groups.set(choice.priority, [choice]);
    else group.push(choice);
  }
  return [...groups].sort(([left], [right]) => left - right).map(([, group]) => group);
}

/** Weight 0 stands first, so that it has a small chance beside others and all of it when alone. */
function draw<Choice extends Weighted>(equals: readonly Choice[], random: Random): readonly Choice[] {
  const left = equals.toSorted((one, other) => Math.sign(one.weight) - Math.sign(other.weight));
  const drawn: Choice[] = [];
  while (left.length > 0) {
    const chosen = random.below(left.reduce((sum, choice) => sum + choice.weight, 0) + 1);
    let running = 0;
    const index = left.findIndex((choice) => {
      running += choice.weight;
      return running >= chosen;
    });
    drawn.push(...left.splice(index, 1));
  }
  return drawn;
}
