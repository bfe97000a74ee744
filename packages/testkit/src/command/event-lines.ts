import type { SimulatorEvent } from "../simulator/events.ts";

/** An event for people: what passed as an arrow, everything else as a sentence. */
export function lineOf(event: SimulatorEvent, at: Date): string {
  return `${at.toISOString().slice(11, 19)}  ${printable(sentenceOf(event))}`;
}

function sentenceOf(event: SimulatorEvent): string {
  switch (event.event) {
    case "received":
      return `---> ${shortened(event.summary)}`;
    case "sent":
      return `<--- ${shortened(event.summary)}`;
    case "presence":
      return `     ${event.user} sees ${shortened(event.of)}: ${[event.state, event.basic, event.activity].filter(Boolean).join(", ")}`;
    case "watcher":
      return `     ${shortened(event.from)} watches ${event.user} for ${event.expires} s`;
    case "message":
      return `     ${event.from} to ${event.to}: ${event.text}`;
    case "typing":
      return `     ${event.from} to ${event.to}: typing (${event.status})`;
    case "session":
      return `     ${event.user} and ${shortened(event.with)}: session ${event.state}`;
    case "deviation":
      return `  !  ${event.rule}: ${event.detail}`;
  }
}

/** URIs without scheme and parameters. */
function shortened(summary: string): string {
  return summary.replaceAll(/\bsips?:([^;\s]+)\S*/g, "$1");
}

/** Text from elsewhere without what a terminal would obey. */
function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, "\u{FFFD}");
}
