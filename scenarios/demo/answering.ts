import { setTimeout as pause } from "node:timers/promises";
import type { MicrosoftEdge } from "@interpres/testkit";

const LOOK_MS = 300;
const TYPING_MS = 1500;

/** Whoever is written to at the edge types for a moment and answers, so that a person at the web chat is not alone. Never ends. */
export async function answerAll(edge: MicrosoftEdge): Promise<never> {
  let answered = edge.texts.length;
  for (;;) {
    await pause(LOOK_MS);
    const next = edge.texts[answered];
    if (next === undefined) continue;
    answered += 1;
    await answer(edge, next).catch((error: unknown) => console.log(`${next.to} could not answer: ${String(error)}`));
  }
}

async function answer(edge: MicrosoftEdge, { from, to, text }: MicrosoftEdge["texts"][number]): Promise<void> {
  const [user = ""] = to.split("@", 1);
  await edge.type(user, from, "type");
  await pause(TYPING_MS);
  await edge.say(user, from, `You wrote: “${text}”. I am simulated; the SIP between us is not.`);
}
