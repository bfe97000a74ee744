const utf8 = new TextDecoder("utf-8", { fatal: true });
const PLAIN = /^[!-$&-~]*$/;

/**
 * Percent-decoded octets read as UTF-8 (RFC 7247 §6.4 steps 3 and 4). `text` is as SIP headers hold it, one character
 * an octet. Undefined when a code or the UTF-8 is broken.
 */
export function percentDecoded(text: string): string | undefined {
  if (PLAIN.test(text)) return text;
  const octets = new Uint8Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    let octet = text.charCodeAt(at);
    if (octet === 0x25) {
      const digits = text.slice(at + 1, at + 3);
      if (!/^[0-9A-Fa-f]{2}$/.test(digits)) return undefined;
      octet = Number.parseInt(digits, 16);
      at += 2;
    }
    octets[length] = octet;
    length += 1;
  }
  try {
    return utf8.decode(octets.subarray(0, length));
  } catch {
    // Not UTF-8: nobody's name.
    return undefined;
  }
}
