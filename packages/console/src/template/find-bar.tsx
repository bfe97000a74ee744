import { type FindOperator, findOperators } from "@interpres/admin-api";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";
import { texts } from "../texts/texts.ts";
import type { Find } from "./find-in-url.ts";
import classes from "./template.module.css";

interface Props {
  readonly what: string;
  readonly fields: readonly { readonly name: string; readonly label: string }[];
  /** What is searched for now. */
  readonly asked: Find | undefined;
  readonly onFind: (find: Find | undefined) => void;
}

/** Find … where FIELD OPERATOR TEXT. */
export function FindBar({ what, fields, asked, onFind }: Props): ReactNode {
  const blank: Find = { field: fields[0]?.name ?? "", operator: "begins-with", text: "" };
  const [find, setFind] = useState(asked ?? blank);
  // The browser's ways back and forward change it too.
  useEffect(() => {
    if (asked !== undefined) setFind(asked);
  }, [asked]);
  const clear = () => {
    setFind(blank);
    onFind(undefined);
  };
  return (
    <search>
      <form
        className={classes.find}
        onSubmit={(event) => {
          event.preventDefault();
          onFind(find.text === "" ? undefined : find);
        }}
      >
        <span className={classes.findWhat}>{what}</span>
        <NativeSelect
          aria-label={texts.template.field}
          data={fields.map(({ name, label }) => ({ value: name, label }))}
          value={find.field}
          onChange={({ currentTarget }) => setFind({ ...find, field: currentTarget.value })}
        />
        <NativeSelect
          aria-label={texts.template.operator}
          data={findOperators.map((value) => ({ value, label: texts.template.operators[value] }))}
          value={find.operator}
          onChange={({ currentTarget }) => setFind({ ...find, operator: currentTarget.value as FindOperator })}
        />
        <TextInput
          className={classes.findText ?? ""}
          aria-label={texts.template.text}
          value={find.text}
          onChange={({ currentTarget }) => setFind({ ...find, text: currentTarget.value })}
        />
        <Button type="submit">{texts.template.find}</Button>
        <Button variant="default" onClick={clear}>
          {texts.template.clearFilter}
        </Button>
      </form>
    </search>
  );
}
