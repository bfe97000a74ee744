/** Text from elsewhere without what a terminal would obey. */
export function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, "\u{FFFD}");
}
