import { childrenNamed, type Element, el, text } from "../xml/index.ts";

/** XEP-0004. */
export const FORM_NS = "jabber:x:data";

/** A command is canceled by its action: a form of that type is a submitted one (XEP-0050 §3.5.1). */
const FILLED_IN: ReadonlySet<string> = new Set(["submit", "cancel"]);

/** One field of a form that a user fills in. */
export interface ListField {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

/** A form to be filled in, of fields with one choice each (XEP-0004 §3.1). */
export function formElement(form: {
  readonly title: string;
  readonly instructions: string;
  readonly type: string;
  readonly fields: readonly ListField[];
}): Element {
  return el(
    "x",
    FORM_NS,
    { type: "form" },
    el("title", FORM_NS, {}, form.title),
    el("instructions", FORM_NS, {}, form.instructions),
    typeField(form.type),
    ...form.fields.map(listField),
  );
}

/** A table of results: its columns, then a row each (XEP-0004 §3.4). */
export function tableElement(table: {
  readonly title: string;
  readonly type: string;
  readonly columns: readonly { readonly name: string; readonly label: string }[];
  readonly rows: readonly (readonly string[])[];
}): Element {
  const { title, type, columns, rows } = table;
  const reported = columns.map(({ name, label }) => el("field", FORM_NS, { var: name, type: "text-single", label }));
  const items = rows.map((cells) =>
    el("item", FORM_NS, {}, ...columns.map(({ name }, index) => valueField(name, cells[index] ?? ""))),
  );
  const head = [el("title", FORM_NS, {}, title), typeField(type), el("reported", FORM_NS, {}, ...reported)];
  return el("x", FORM_NS, { type: "result" }, ...head, ...items);
}

/** What was filled in, first values by field; undefined where there is no form in the command. */
export function submittedValues(command: Element): ReadonlyMap<string, string> | undefined {
  const form = childrenNamed(command, "x", FORM_NS).find((x) => FILLED_IN.has(x.attributes.get("type") ?? ""));
  if (form === undefined) return undefined;
  const values = childrenNamed(form, "field", FORM_NS).map((field): [string, string] => {
    const [value] = childrenNamed(field, "value", FORM_NS);
    return [field.attributes.get("var") ?? "", value === undefined ? "" : text(value)];
  });
  return new Map(values);
}

/** Says which form this is, for programs (XEP-0068). */
function typeField(type: string): Element {
  return el("field", FORM_NS, { var: "FORM_TYPE", type: "hidden" }, el("value", FORM_NS, {}, type));
}

function listField({ name, label, value, options }: ListField): Element {
  return el(
    "field",
    FORM_NS,
    { var: name, type: "list-single", label },
    el("value", FORM_NS, {}, value),
    ...options.map((option) => el("option", FORM_NS, { label: option.label }, el("value", FORM_NS, {}, option.value))),
  );
}

function valueField(name: string, value: string): Element {
  return el("field", FORM_NS, { var: name }, el("value", FORM_NS, {}, value));
}
