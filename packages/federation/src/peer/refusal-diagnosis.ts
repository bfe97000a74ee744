import { type HeaderField, quote, type SipResponse } from "@interpres/sip";

const UNREADABLE = 1018;
const NOT_BETWEEN_THESE = 1017;
const NO_SUCH_USER = 1003;
const NOT_FOR_PARTNERS = 1027;
const NOT_NOW = 1007;
/** Says no more than status and phrase do. */
const SEE_STATUS = 2;

/** The numbers that Microsoft's administrators know, by our status (facts of Microsoft's dialect §1.9). */
const numbers: ReadonlyMap<number, number> = new Map([
  [400, UNREADABLE],
  [403, NOT_BETWEEN_THESE],
  [404, NO_SUCH_USER],
  [405, NOT_FOR_PARTNERS],
  [420, NOT_FOR_PARTNERS],
  [480, NOT_NOW],
  [488, NOT_FOR_PARTNERS],
  [489, NOT_FOR_PARTNERS],
  [500, NOT_NOW],
  [501, NOT_FOR_PARTNERS],
  [503, NOT_NOW],
]);

/**
 * The line a peer's servers keep of a refusal of ours, in place of one of their own that says that we gave none: number,
 * words, and `host` as the one who speaks. The words are those of our Warning where there is one.
 */
export function refusalDiagnosis(
  response: SipResponse,
  { header, host }: { readonly header: string; readonly host: string },
): HeaderField {
  const number = numbers.get(response.status) ?? SEE_STATUS;
  const warned = /"((?:[^"\\]|\\.)*)"$/.exec(response.first("Warning") ?? "")?.[0];
  return [header, `${number};reason=${warned ?? quote(response.reason)};source=${quote(host)}`];
}
