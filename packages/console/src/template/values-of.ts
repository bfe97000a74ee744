/** The fields of a form out of what the node gave; what else an answer says stays behind. What it leaves away is as in a blank form. */
export function valuesOf<Values extends object>(item: object, blank: Values): Values {
  const given = Object.entries(item).filter(([name]) => Object.hasOwn(blank, name));
  return { ...blank, ...Object.fromEntries(given) };
}
