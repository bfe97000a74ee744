/** How clients of LCS and OCS talk about a file: as a message. */
export const FILE_OFFER_TYPE = "text/x-msmsgsinvite";

/**
 * Our side of such talk: what declines an offer, as a client whose user declines does; undefined where nothing is offered
 * or where the offer has no cookie to name it by.
 */
export function declineFile(talk: string): string | undefined {
  const cookie = fieldIn(talk, "Invitation-Cookie");
  if (fieldIn(talk, "Invitation-Command").toUpperCase() !== "INVITE" || !/^[\w-]{1,64}$/.test(cookie)) return undefined;
  return `Invitation-Command: CANCEL\r\nInvitation-Cookie: ${cookie}\r\nCancel-Code: REJECT\r\n`;
}

function fieldIn(talk: string, name: string): string {
  const line = talk.split(/\r?\n/).find((each) => each.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line?.slice(name.length + 1).trim() ?? "";
}
