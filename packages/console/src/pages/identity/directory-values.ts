import type { Directory, DirectoryInput } from "@interpres/admin-api";

/** The directory as its form has it: what may be nothing is an empty field there. */
export interface DirectoryValues extends Omit<Directory, "attributes" | "deleteVanishedAfterDays" | "hasPassword"> {
  readonly password: string;
  readonly deleteVanishedAfterDays: number | "";
  readonly attributes: Readonly<Record<"localPart" | "displayName" | "mailId" | "key" | "disabled", string>> & {
    readonly bits: number | "";
  };
}

/** What a form begins with; no password is ever shown. */
export function directoryValues({ hasPassword: _kept, attributes, ...stored }: Directory): DirectoryValues {
  const { disabled, ...names } = attributes;
  return {
    ...stored,
    password: "",
    deleteVanishedAfterDays: stored.deleteVanishedAfterDays ?? "",
    attributes: { ...names, disabled: disabled?.attribute ?? "", bits: disabled?.bits ?? "" },
  };
}

/** What is sent of a form. */
export function directoryInput({
  password,
  attributes,
  deleteVanishedAfterDays,
  ...values
}: DirectoryValues): DirectoryInput {
  const { disabled, bits, ...names } = attributes;
  return {
    ...values,
    ...(password === "" ? {} : { password }),
    deleteVanishedAfterDays: deleteVanishedAfterDays === "" ? null : deleteVanishedAfterDays,
    attributes: {
      ...names,
      disabled: disabled === "" ? null : { attribute: disabled, bits: bits === "" ? null : bits },
    },
  };
}
