/**
 * The one spelling of a screen name: case and blanks do not count, and a name that is an address of another domain is
 * written `user(domain)`, since what follows the "@" is where it is served (facts of Microsoft's dialect §4).
 */
export function screenNameOf(name: string): string {
  const squeezed = name.toLowerCase().replaceAll(" ", "");
  const at = squeezed.lastIndexOf("@");
  return at <= 0 ? squeezed : `${squeezed.slice(0, at)}(${squeezed.slice(at + 1)})`;
}

/** The address that a screen name of the form `user(domain)` stands for; undefined for any other. */
export function addressInScreenName(screenName: string): string | undefined {
  const [, user, domain] = /^([^()]+)\(([a-z0-9.-]+)\)$/.exec(screenName) ?? [];
  return user === undefined ? undefined : `${user}@${domain}`;
}
