import { Combobox, TextInput, useCombobox } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { texts } from "../texts/texts.ts";
import { findEntries, type Menu } from "./menu.ts";
import classes from "./shell.module.css";

/** Finds pages by any words of their menu path, in the book's spelling or another. */
export function MenuSearch({ menu }: { readonly menu: Menu }): ReactNode {
  const navigate = useNavigate();
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const [typed, setTyped] = useState("");
  const found = findEntries(menu, typed);
  const type = (text: string) => {
    setTyped(text);
    combobox.openDropdown();
    combobox.resetSelectedOption();
  };
  const choose = (path: string) => {
    setTyped("");
    combobox.closeDropdown();
    void navigate({ to: path });
  };
  const enter = () => {
    const [only] = found;
    if (found.length === 1 && only !== undefined) choose(only.entry.path);
  };
  return (
    <Combobox store={combobox} onOptionSubmit={choose}>
      <Combobox.Target withExpandedAttribute>
        <TextInput
          type="search"
          role="combobox"
          aria-label={texts.shell.search}
          placeholder={texts.shell.search}
          value={typed}
          onChange={({ currentTarget }) => type(currentTarget.value)}
          onBlur={() => combobox.closeDropdown()}
          onKeyDown={({ key }) => key === "Enter" && enter()}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={typed.trim() === ""}>
        <Combobox.Options aria-label={texts.shell.search}>
          {found.map(({ entry, trail }) => (
            <Combobox.Option key={entry.path} value={entry.path}>
              <span className={classes.foundTrail}>{trail.slice(0, -1).join(" › ")}</span>
              {entry.label}
            </Combobox.Option>
          ))}
          {found.length === 0 && <Combobox.Empty>{texts.shell.nothingFound}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
