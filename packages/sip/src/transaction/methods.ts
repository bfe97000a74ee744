/** The methods we take, in the order of our Allow (RFC 3261 §20.5). */
export const allowedMethods: readonly string[] = [
  "INVITE",
  "ACK",
  "CANCEL",
  "BYE",
  "MESSAGE",
  "INFO",
  "OPTIONS",
  "SUBSCRIBE",
  "NOTIFY",
  "UPDATE",
];

export const allowValue: string = allowedMethods.join(", ");
