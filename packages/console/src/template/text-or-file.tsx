import { Button, FileButton, Textarea, type TextareaProps } from "@mantine/core";
import type { ReactNode } from "react";
import { fill, texts } from "../texts/texts.ts";
import classes from "./template.module.css";

interface Props extends Omit<TextareaProps, "onChange" | "value" | "label"> {
  readonly label: string;
  readonly value?: string;
  readonly onChange?: (text: string) => void;
  /** Kinds of files, as in HTML: `.pem,.crt`. */
  readonly accept: string;
}

/** Text that is pasted, or read out of a file on this machine. */
export function TextOrFile({ label, value = "", onChange, accept, ...look }: Props): ReactNode {
  const read = async (file: File | null) => {
    if (file !== null) onChange?.(await file.text());
  };
  return (
    <div>
      <Textarea
        {...look}
        label={label}
        value={value}
        onChange={({ currentTarget }) => onChange?.(currentTarget.value)}
        autosize={false}
        rows={6}
        spellCheck={false}
        classNames={{ input: classes.code ?? "" }}
      />
      <FileButton onChange={(file) => void read(file)} accept={accept}>
        {(props) => (
          <Button {...props} variant="default" size="xs" mt={6} aria-label={fill(texts.template.fileFor, { label })}>
            {texts.template.file}
          </Button>
        )}
      </FileButton>
    </div>
  );
}
